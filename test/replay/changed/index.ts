import { patched } from '@temporalio/workflow';
import type { CaseFile } from '../../../workflows/case/file.ts';
import { runCase, type CaseStart } from '../../../workflows/case/running.ts';
import { handleIncident } from '../../../workflows/incident.ts';

// The procedure of an incident as somebody might change it: a stage is put before the first one.

/** Changed without a guard: cases that are under way did not go through that stage. */
export async function unguarded(start: CaseStart): Promise<void> {
  await runCase(start, async (file) => {
    await registration(file);
    await handleIncident(file);
  });
}

/** The same change, guarded: cases that were opened before it go on without that stage. */
export async function guarded(start: CaseStart): Promise<void> {
  await runCase(start, async (file) => {
    if (patched('registration')) await registration(file);
    await handleIncident(file);
  });
}

async function registration(file: CaseFile): Promise<void> {
  await file.task({ stage: 'registration', audience: { unit: 'xyb', role: 'handler' }, rule: 'incident.verify' });
}

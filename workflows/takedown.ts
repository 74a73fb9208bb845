import { takedownOpeningOf, type TakedownForms } from '../src/rules/takedown/facts.ts';
import type { CaseFile, Done } from './case/file.ts';
import { runCase, type CaseStart } from './case/running.ts';

/** 紧急下架: what one person took off at once, another decides on within the day. */
export async function takedown(start: CaseStart): Promise<void> {
  await runCase(start, decideTakedown);
}

/** The text is off from before the case until it is put back; what stays off may be looked at again while the case can be reopened. */
export async function decideTakedown(file: CaseFile): Promise<void> {
  const { offices, by, at, decides } = takedownOpeningOf(file.state);
  let from: string | null = at;
  for (;;) {
    const decided: Done<TakedownForms['decide']> = await file.task({
      stage: 'decide',
      audience: { unit: offices.creditOffice, role: decides },
      rule: 'takedown.decide',
      excluded: [{ person: by.person, because: 'takedown' }],
      // The day runs from the moment at which it was taken off.
      ...(from === null ? {} : { from }),
    });
    from = null;
    await file.close(decided.outcome, decided.form.note, { final: decided.outcome === 'putBack' });
    if (decided.outcome === 'putBack' || !(await file.reopened())) return;
  }
}

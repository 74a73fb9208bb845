import { randomUUID } from 'node:crypto';
import { createReadLaw } from '../../src/platform/law.ts';
import { changeRecords, storeRecords } from '../../src/platform/records/append.ts';
import { createSeal } from '../../src/platform/seal.ts';
import type { Acting } from '../../src/rules/casefile/commands.ts';
import type { Form } from '../../src/rules/casefile/types.ts';
import type { RecordSubject } from '../../src/rules/records/facts.ts';
import type { ReleaseCause } from '../../src/rules/release/facts.ts';
import type { RecordRef } from '../../src/rules/repair/facts.ts';
import { newObjection, newRelease, newRepair, newTakedown } from '../support/cases.ts';
import { fine, insertFirm } from '../support/record-law.ts';
import type { RunningCases } from './running.ts';

/** A fine that is public now, and the units that applied a measure because of it. */
export async function publicFine(cases: Pick<RunningCases, 'knex' | 'config'>, users: readonly string[] = []): Promise<{ record: RecordRef; subject: RecordSubject }> {
  const { knex, config } = cases;
  const subject = await insertFirm(knex);
  const id = randomUUID();
  const law = await createReadLaw(knex)();
  const documentNo = `宿市监处罚〔2026〕${id.slice(0, 8)}号`;
  const decidedOn = new Date(Date.now() - 150 * 86_400_000).toISOString().slice(0, 10);
  const writing = { law, chain: { hash: config.hash, key: config.secrets.chain }, at: new Date().toISOString(), actor: null, requestId: null };
  await knex.transaction(async (trx) => {
    await storeRecords(trx, [{ id, facts: fine(subject, { documentNo, decidedOn, fine: 50_000 }), source: 'form' }], writing);
    const used = users.map((unit) => ({ record: id, draft: { type: 'record.used' as const, unit, measure: '列为重点监管对象', legalBasis: '信用条例第二十条' } }));
    await changeRecords(trx, { ...writing, key: 'used', changes: used });
  });
  return { record: { id, documentNo, decidedOn }, subject };
}

/** The applicant's contact is sealed under the id of his case, as the portal does it. */
export async function reachable({ knex, config: { secrets, cipher, hash } }: RunningCases, caseId: string): Promise<void> {
  await createSeal({ key: secrets.seal, cipher, hash }).reporter(knex, caseId, { name: null, mail: 'firm@applicant.example' });
}

export async function openRepair(cases: RunningCases, users: readonly string[] = [], change: Parameters<typeof newRepair>[0] = {}): Promise<string> {
  return cases.open(newRepair({ ...(await publicFine(cases, users)), ...change }));
}

export async function openObjection(cases: RunningCases, users: readonly string[] = []): Promise<string> {
  return cases.open(newObjection(await publicFine(cases, users)));
}

/** A case of release orders about a record that two units use. */
export async function openRelease(cases: RunningCases, cause: ReleaseCause): Promise<string> {
  const users = ['hbj', 'zx'];
  return cases.open(newRelease(users, { ...(await publicFine(cases, users)), cause }));
}

/** A public record that a handler of the credit office has just taken off. */
export async function openTakedown(cases: RunningCases): Promise<string> {
  const { record: { id, documentNo } } = await publicFine(cases);
  const at = new Date().toISOString();
  return cases.open(newTakedown({ text: { kind: 'record', ref: id }, label: documentNo, href: `/records/${id}`, at }));
}

/** Who ends which task, and how. */
export type Step = readonly [by: Acting, task: string, outcome: string, form?: Form];

export async function follow(cases: RunningCases, id: string, steps: readonly Step[]): Promise<void> {
  for (const [by, task, outcome, form] of steps) await cases.done(id, by, task, outcome, form);
}

export async function closedAs(cases: RunningCases, id: string, outcome: string): Promise<string> {
  await cases.until(id, (state) => state.closings.at(-1)?.outcome === outcome && state.closings.at(-1)?.reopened === null);
  return id;
}

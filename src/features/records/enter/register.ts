import type { Knex } from 'knex';
import { changeRecords, recordsHolding, sameFacts, storeRecords, type NewRecord, type Writing } from '../../../platform/records/append.ts';
import { subjectOn, subjectsNamed } from '../../../platform/records/subjects.ts';
import type { Seal } from '../../../platform/seal.ts';
import { dayOf } from '../../../rules/casefile/resolve.ts';
import type { CivilDate } from '../../../rules/casefile/types.ts';
import { barsOf } from '../../../rules/records/bars.ts';
import type { RecordDraft } from '../../../rules/records/changes.ts';
import type { RecordFacts } from '../../../rules/records/facts.ts';
import type { RecordState } from '../../../rules/records/file.ts';
import { publicityOf, type Publicity } from '../../../rules/records/publicity.ts';
import type { Entered } from './forms.ts';

/** What comes, or would come, of a record that was entered. */
export type Registered =
  | { readonly outcome: 'stored' | 'same'; readonly state: RecordState }
  /** The document is known with other content, or is the one that is being corrected. */
  | { readonly outcome: 'corrected'; readonly state: RecordState; readonly before: RecordState }
  /** The code belongs to a subject of another name. */
  | { readonly outcome: 'otherName'; readonly name: string }
  /** The document's number and day belong to another record of the same subject. */
  | { readonly outcome: 'taken' }
  /** What was withdrawn is not corrected any more. */
  | { readonly outcome: 'withdrawn' };

export interface Registering {
  readonly seal: Seal;
  readonly writing: Writing;
  /** Of the form; a new record has it as its id. */
  readonly commandId: string;
  /** The record that is corrected; null for a new one. */
  readonly corrects: string | null;
  readonly source: NewRecord['source'];
}

/** What a correction changes in the record's publicity, beside its dates. */
function consequences(before: RecordState, publicity: Publicity, reason: string, today: CivilDate): RecordDraft[] {
  const isOver = publicity.maxUntil !== null && publicity.maxUntil < today;
  // What a person published against the rule stays as he decided; what the rule published goes with the rule.
  if (before.status === 'published' && before.publicity.shown && !publicity.shown) return [{ type: 'record.unpublished', reason }];
  if (before.status === 'stored' && publicity.shown && !isOver) return [{ type: 'record.published', by: 'rule', reason: null }];
  return [];
}

/**
 * What corrects a record to other facts: its new version, and what that does to its publicity; what its texts or its
 * subject keep from everybody is not published by the last of these. @throws NoRuleValid
 */
export function correctionOf(before: RecordState, facts: RecordFacts, reason: string, { writing, names }: { writing: Writing; names: readonly string[] }): RecordDraft[] {
  const { rules, calendar } = writing.law;
  const today = dayOf(calendar, writing.at);
  const shownOn = before.publishedAt === null ? null : dayOf(calendar, before.publishedAt);
  return [
    { type: 'record.corrected', facts, publicity: publicityOf(facts, rules, calendar, { shownOn }), reason, ...barsOf(facts, { names, passages: before.passages ?? [] }) },
    ...consequences(before, publicityOf(facts, rules, calendar, { shownOn: shownOn ?? today }), reason, today),
  ];
}

async function correct(trx: Knex.Transaction, before: RecordState, facts: RecordFacts, reason: string, { writing, commandId, names }: Registering & { names: readonly string[] }): Promise<Registered> {
  if (before.status === 'withdrawn') return { outcome: 'withdrawn' };
  // Neither form nor API says who may use it: what a table said stays.
  const scope = before.facts.insideOnly ? { insideOnly: before.facts.insideOnly } : {};
  const whole: RecordFacts = { ...facts, ...scope, performed: before.facts.performed || facts.performed };
  if (sameFacts(before.facts, whole) && before.facts.performed === whole.performed) return { outcome: 'same', state: before };
  const others = await recordsHolding(trx, [{ id: before.id, facts: whole }]);
  if (others.some(({ id }) => id !== before.id)) return { outcome: 'taken' };
  const drafts = correctionOf(before, whole, reason, { writing, names });
  const changed = await changeRecords(trx, { ...writing, key: `corrected:${commandId}`, changes: drafts.map((draft) => ({ record: before.id, draft })) });
  return { outcome: 'corrected', state: changed.get(before.id)!.state, before };
}

/**
 * Registers a record: a new one, a correction, or nothing where it is known already. Give it a transaction that is
 * rolled back, and it says what would come of it.
 * @throws NoRuleValid when the day of the decision has no rule.
 */
export async function registerRecord(trx: Knex.Transaction, { subject, facts, reason }: Entered, registering: Registering): Promise<Registered> {
  const { seal, writing, commandId, corrects, source } = registering;
  const [found] = await subjectsNamed(trx, seal, [subject], { person: writing.actor?.person ?? null, reason: reason ?? facts.documentNo });
  if (!found) throw new Error('a subject was neither found nor made');
  if ('otherName' in found) return { outcome: 'otherName', name: found.otherName.name };
  const whole: RecordFacts = { ...facts, subject: subjectOn(found.subject, subject, facts.decidedOn) };
  const names = subject.kind === 'person' ? [subject.name] : [];
  if (corrects !== null) {
    const row = await trx<{ id: string; state: RecordState }>('record').where({ id: corrects }).first('state');
    if (!row) throw new Error(`there is no record ${corrects}`);
    return correct(trx, row.state, whole, reason ?? '', { ...registering, names });
  }
  const [stored] = await storeRecords(trx, [{ id: commandId, facts: whole, source, names }], writing);
  if (!stored) throw new Error('a record was neither stored nor known');
  return stored.outcome === 'other' ? correct(trx, stored.state, whole, reason ?? '', { ...registering, names }) : { outcome: stored.outcome, state: stored.state };
}

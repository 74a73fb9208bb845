import type { Knex } from 'knex';
import { dayOf } from '../../rules/casefile/resolve.ts';
import type { Actor, CivilDate, Instant } from '../../rules/casefile/types.ts';
import { resolveChange, type RecordChange, type RecordDraft, type Resolving } from '../../rules/records/changes.ts';
import { barsOf } from '../../rules/records/bars.ts';
import type { RecordFacts } from '../../rules/records/facts.ts';
import { applyToRecord, storedRecord, type RecordEvent, type RecordHappening, type RecordOrigin, type RecordState } from '../../rules/records/file.ts';
import { dueAfter, type ReleaseDue } from '../../rules/release/due.ts';
import { publicityOf, type Publicity } from '../../rules/records/publicity.ts';
import { documentKey } from '../../rules/text/alike.ts';
import { chainRoot, link, type ChainSettings } from '../chain.ts';
import type { Law } from '../law.ts';
import type { ChainedRecordEvent } from './events.ts';
import { addPublishedSubjects, holdSubjects } from './published.ts';
import { writeReleases } from './releases.ts';
import { insertRecordEvents, insertRecordRows, replaceUseRows, updateRecordRows, type Grown } from './write.ts';

/** Under which law and by whom something is written into the files of records. */
export interface Writing {
  readonly law: Law;
  readonly chain: ChainSettings;
  /** When it happened. */
  readonly at: Instant;
  /** When it is written, if later. */
  readonly recordedAt?: Instant;
  readonly actor: Actor | null;
  readonly requestId: string | null;
}

/** A record that grows within a transaction. */
class Growing implements Grown {
  state: RecordState;
  headHash: Buffer;
  readonly events: { event: ChainedRecordEvent; previous: Buffer; hash: Buffer }[] = [];
  /** What the events make due to the units that use the record. */
  readonly due: ReleaseDue[] = [];
  readonly #writing: Writing;
  readonly #key: string;

  constructor(state: RecordState, headHash: Buffer, writing: Writing, key: string) {
    this.state = state;
    this.headHash = headHash;
    this.#writing = writing;
    this.#key = key;
  }

  /** A record with its first event. */
  static from(id: string, key: string, what: RecordHappening, writing: Writing): Growing {
    const first: RecordEvent = { seq: 1, at: writing.at, actor: writing.actor, what };
    const growing = new Growing(storedRecord(id, first), chainRoot, writing, key);
    growing.#chain(first);
    return growing;
  }

  append(what: RecordHappening): RecordEvent {
    const { at, actor, law } = this.#writing;
    const event: RecordEvent = { seq: this.state.seq + 1, at, actor, what };
    const before = { status: this.state.status, holds: { ...this.state.holds } };
    applyToRecord(this.state, event);
    this.#chain(event);
    const due = dueAfter({ before, after: this.state, what, today: dayOf(law.calendar, at), seq: event.seq, at });
    if (due) this.due.push(due);
    return event;
  }

  #chain({ seq, at, actor, what }: RecordEvent): void {
    const { chain, recordedAt = at, requestId } = this.#writing;
    const event: ChainedRecordEvent = { seq, key: this.#key, at, recordedAt, actor, requestId, what };
    const previous = this.headHash;
    this.headHash = link(chain, this.state.id, event, previous);
    this.events.push({ event, previous, hash: this.headHash });
  }
}

/** A record that is to be stored. Its id is chosen by whoever sends it, so that the same form sent twice is one record. */
export interface NewRecord {
  readonly id: string;
  readonly facts: RecordFacts;
  readonly source: 'form' | 'spreadsheet' | 'api' | 'case';
  readonly origin?: RecordOrigin;
  /** Names of its subject that are masked wherever they stand, so that nobody is asked about them. */
  readonly names?: readonly string[];
}

export interface Stored {
  /** Of the record that holds the document now. */
  readonly id: string;
  /** `same`: it was there already, with just these facts. `other`: with others; a correction is to be sent, with a reason. */
  readonly outcome: 'stored' | 'same' | 'other';
  readonly state: RecordState;
}

/**
 * Whether a new record becomes public at once by the rule. One whose term was over when it was entered does not, unless
 * a rule of its domain keeps what is not performed.
 */
export function publishesAtOnce(facts: RecordFacts, { shown, maxUntil, keptUncorrected }: Publicity, today: CivilDate): boolean {
  if (!shown) return false;
  if (maxUntil === null) return !facts.performed;
  return today <= maxUntil || (keptUncorrected && !facts.performed);
}

/** What tells a document apart from every other: who decided, which number, on which day, about whom. */
const documentOf = ({ unit, documentNo, decidedOn, subject }: RecordFacts): string => JSON.stringify([unit, documentKey(documentNo), decidedOn, subject.id]);

/** Of each of these: whether no other before it has its id or its document. */
function firstOfEach(news: readonly NewRecord[]): boolean[] {
  const seen = new Set<string>();
  return news.map(({ id, facts }) => {
    const names = [id, documentOf(facts)];
    const isFirst = !names.some((name) => seen.has(name));
    for (const name of names) seen.add(name);
    return isFirst;
  });
}

/** In one order for everybody, so that two who store the same documents at once wait for each other and not crosswise. */
const inOrder = (grown: readonly Growing[]): Growing[] =>
  grown.map((one) => [documentOf(one.state.facts), one] as const).sort(([a], [b]) => (a < b ? -1 : 1)).map(([, one]) => one);

/** Whether two records say the same, however the document number is written; whether duties are performed is told by an act of its own. */
export const sameFacts = (a: RecordFacts, b: RecordFacts): boolean => {
  const plain = ({ performed: _performed, subject, ...facts }: RecordFacts): string =>
    JSON.stringify(Object.entries({ ...facts, documentNo: documentKey(facts.documentNo), subject: subject.id }).toSorted(([x], [y]) => (x < y ? -1 : 1)));
  return plain(a) === plain(b);
};

/**
 * Stores many records at once, each with its class and its publicity by the law of its day; those that the rule shows
 * are public with the end of the transaction, unless somebody has to look at their texts or their subject is under age. A document that is known already is not stored again: the answer says so,
 * and whether it says the same. Answers stand in the order of what was given.
 * @throws NoRuleValid when a day has no rule: nothing is published without a basis.
 */
export async function storeRecords(trx: Knex.Transaction, news: readonly NewRecord[], writing: Writing): Promise<Stored[]> {
  if (news.length === 0) return [];
  const { rules, calendar } = writing.law;
  const today = dayOf(calendar, writing.at);
  const grown = news.map(({ id, facts, source, origin, names = [] }) => {
    const bars = barsOf(facts, { names });
    const shown = publicityOf(facts, rules, calendar, { shownOn: today });
    const atOnce = !bars.minor && !bars.waits && publishesAtOnce(facts, shown, today);
    const publicity = atOnce ? shown : publicityOf(facts, rules, calendar);
    const growing = Growing.from(id, `stored:${id}`, { type: 'record.stored', facts, publicity, source, ...(origin ? { origin } : {}), ...bars }, writing);
    if (atOnce) growing.append({ type: 'record.published', by: 'rule', reason: null, until: publicity.maxUntil });
    return growing;
  });
  await holdSubjects(trx, news.map(({ facts }) => facts.subject.id));
  const first = firstOfEach(news);
  const inserted = await insertRecordRows(trx, inOrder(grown.filter((_, n) => first[n])));
  const isNew = news.map(({ id }, n) => first[n] === true && inserted.has(id));
  const added = grown.filter((_, n) => isNew[n]);
  if (added.length > 0) await insertRecordEvents(trx, added);
  await addPublishedSubjects(trx, added.map(({ state }) => state));

  const repeated = news.filter((_, n) => !isNew[n]);
  const before = repeated.length === 0 ? [] : await recordsHolding(trx, repeated);
  const byId = new Map(before.map((state) => [state.id, state]));
  const byDocument = new Map(before.map((state) => [documentOf(state.facts), state]));
  return news.map(({ id, facts }, n) => {
    if (isNew[n]) return { id, outcome: 'stored', state: grown[n]!.state };
    const own = byId.get(id) ?? byDocument.get(documentOf(facts));
    if (!own) throw new Error(`record ${id}: neither stored nor known`);
    return { id: own.id, outcome: sameFacts(own.facts, facts) ? 'same' : 'other', state: own };
  });
}

/** The records that hold these documents, or have these ids. */
export async function recordsHolding(knex: Knex, news: readonly Pick<NewRecord, 'id' | 'facts'>[]): Promise<RecordState[]> {
  const columns = news.map(({ facts }) => [facts.unit, documentKey(facts.documentNo), facts.decidedOn, facts.subject.id] as const);
  const ids = news.map(({ id }) => id);
  // Two halves, as no index serves one condition or the other.
  const { rows }: { rows: { state: RecordState }[] } = await knex.raw(
    `select state from record where id = any(?::uuid[])
     union all
     select r.state from unnest(?::text[], ?::text[], ?::date[], ?::uuid[]) as t(unit, document_key, decided_on, subject_id)
     join record r on r.unit = t.unit and r.document_key = t.document_key and r.decided_on = t.decided_on and r.subject_id = t.subject_id
     where r.id <> all(?::uuid[])`,
    [ids, ...[0, 1, 2, 3].map((n) => columns.map((column) => column[n]!)), ids],
  );
  return rows.map(({ state }) => state);
}

export interface ChangeRequest extends Writing {
  /** Names the step or command that brings the changes about; on one record it is taken once. */
  readonly key: string;
  readonly changes: readonly RecordChange[];
}

export interface Changed {
  readonly state: RecordState;
  /** What was written now: empty when the key was taken before, or nothing was left to do. */
  readonly events: readonly RecordEvent[];
}

interface Head {
  id: string;
  state: RecordState;
  head_hash: Buffer;
}

/** The days on which records were last repaired, of those that are to be restored. */
async function repairDays(trx: Knex.Transaction, { law, changes }: ChangeRequest): Promise<ReadonlyMap<string, CivilDate>> {
  const restored = changes.filter(({ draft }) => draft.type === 'record.restored').map(({ record }) => record);
  if (restored.length === 0) return new Map();
  const rows: { record_id: string; at: Date }[] = await trx('record_event').whereIn('record_id', restored).andWhere('type', 'record.repaired')
    .groupBy('record_id').select('record_id', trx.raw('max(at) as at'));
  return new Map(rows.map(({ record_id: id, at }) => [id, dayOf(law.calendar, at.toISOString())]));
}

/** What happens to a record by which its subject may become one that everybody finds. */
const publishing = new Set<RecordDraft['type']>(['record.published', 'record.corrected']);

async function holdPublished(trx: Knex.Transaction, changes: readonly RecordChange[]): Promise<void> {
  const records = changes.filter(({ draft }) => publishing.has(draft.type)).map(({ record }) => record);
  if (records.length === 0) return;
  const subjects: string[] = await trx('record').whereIn('id', records).pluck('subject_id');
  await holdSubjects(trx, [...subjects, ...changes.flatMap(({ draft }) => (draft.type === 'record.corrected' ? [draft.facts.subject.id] : []))]);
}

/**
 * Changes records in the caller's transaction, which locks their rows in the order of their ids until it ends. Sent
 * again with the same key it writes nothing. A draft whose record went on meanwhile is left out (`resolveChange`).
 *
 * A case gives its own transaction, the key of its step and the instant of its event: what it decided about records is
 * then recorded with it, or not at all.
 * @returns what became of each record, by its id.
 * @throws when there is no such record.
 */
export async function changeRecords(trx: Knex.Transaction, request: ChangeRequest): Promise<ReadonlyMap<string, Changed>> {
  const { law, at, key, changes } = request;
  const ids = [...new Set(changes.map(({ record }) => record))].toSorted();
  if (ids.length === 0) return new Map();
  await holdPublished(trx, changes);
  const heads: Head[] = await trx('record').whereIn('id', ids).orderBy('id').forUpdate().select('id', 'state', 'head_hash');
  const stranger = ids.find((id) => !heads.some((head) => head.id === id));
  if (stranger !== undefined) throw new Error(`there is no record ${stranger}`);
  const taken: string[] = await trx('record_event').whereIn('record_id', ids).andWhere({ key }).distinct().pluck('record_id');
  const repaired = await repairDays(trx, request);
  const today = dayOf(law.calendar, at);

  const grown = heads.map(({ state, head_hash: headHash }) => new Growing(state, headHash, request, key));
  for (const growing of grown) {
    const { id } = growing.state;
    if (taken.includes(id)) continue;
    for (const { record, draft } of changes) {
      if (record === id) appendDraft(growing, draft, { ...law, today, repairedOn: repaired.get(id) ?? today });
    }
  }
  await writeGrown(trx, grown);
  return new Map(grown.map(({ state, events }) => [state.id, { state, events: events.map(({ event: { seq, at: when, actor, what } }) => ({ seq, at: when, actor, what })) }]));
}

function appendDraft(growing: Growing, draft: RecordDraft, by: Resolving): void {
  const what = resolveChange(growing.state, draft, by);
  if (what) growing.append(what);
}

const touchesUses = new Set<RecordHappening['type']>(['record.used', 'record.released']);

async function writeGrown(trx: Knex.Transaction, all: readonly Growing[]): Promise<void> {
  const grown = all.filter(({ events }) => events.length > 0);
  if (grown.length === 0) return;
  await insertRecordEvents(trx, grown);
  await updateRecordRows(trx, grown);
  await addPublishedSubjects(trx, grown.filter(({ events }) => events.some(({ event }) => publishing.has(event.what.type))).map(({ state }) => state));
  const used = grown.filter(({ events }) => events.some(({ event }) => touchesUses.has(event.what.type)));
  if (used.length > 0) await replaceUseRows(trx, used.map(({ state }) => state));
  await writeReleases(trx, grown.flatMap(({ due }) => due));
}

/** Appends one happening to each of these records, whose rows the caller has locked: for the job that ends publicity. */
export async function appendToLocked(
  trx: Knex.Transaction,
  heads: readonly { head: Head; key: string; at: Instant; what: RecordHappening }[],
  writing: Omit<Writing, 'at'>,
): Promise<void> {
  const grown = heads.map(({ head, key, at, what }) => {
    const growing = new Growing(head.state, head.head_hash, { ...writing, at }, key);
    growing.append(what);
    return growing;
  });
  await writeGrown(trx, grown);
}

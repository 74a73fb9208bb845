import { ApplicationFailure } from '@temporalio/common';
import type { Knex } from 'knex';
import { commandIdFor } from '../platform/casefile/acting.ts';
import { insertEvents, plainEvent, readEvents, type EventRow } from '../platform/casefile/events.ts';
import { numbered } from '../platform/casefile/numbers.ts';
import { changes, projectionsOf, writeCaseFile } from '../platform/casefile/project.ts';
import { chainRoot, link, type ChainedEvent, type ChainSettings } from '../platform/chain.ts';
import type { Law, ReadLaw } from '../platform/law.ts';
import type { Letter } from '../platform/mail/types.ts';
import { leadingCase, mergedInto } from '../platform/merged-reports.ts';
import { runTogether, type Bound } from '../platform/prepared.ts';
import { changeRecords, storeRecords, type NewRecord, type Writing } from '../platform/records/append.ts';
import type { Draft, Happening } from '../rules/casefile/events.ts';
import { apply, blankCase } from '../rules/casefile/fold.ts';
import type { CaseActivities, Recorded, RecordRequest } from '../rules/casefile/ports.ts';
import { papersOf } from '../rules/casefile/papers.ts';
import { dayOf, resolved } from '../rules/casefile/resolve.ts';
import type { CaseState, CivilDate, Instant } from '../rules/casefile/types.ts';
import { processes } from '../rules/processes.ts';
import { isPublic, type RecordState } from '../rules/records/file.ts';
import { lettersFor, noReports, type ReportsAround } from './letters.ts';

export interface RecordDependencies {
  knex: Knex;
  chain: ChainSettings;
  readLaw: ReadLaw;
  /** Renders and queues letters in the transaction; gives the ids of new mails. */
  queueMails(trx: Knex.Transaction, letters: readonly Letter[], context: { requestId: string | null }): Promise<string[]>;
  /** Mails of the case that were queued and never handed over. */
  pendingMails(knex: Knex, caseId: string): Promise<string[]>;
  now?: () => Date;
}

/** What became of the records of a step: the units that used them, the records that were made, whether one is shown. */
interface RecordsDone {
  units?: readonly string[];
  stored?: readonly string[];
  shown?: boolean;
}

interface Head {
  head_seq: number;
  head_hash: Buffer;
  state: CaseState;
}

const failure = (type: string, message: string): ApplicationFailure => ApplicationFailure.create({ type, message, nonRetryable: true });

async function nextCaseNo(trx: Knex.Transaction, prefix: string, year: number): Promise<string> {
  const [row] = await trx('case_number')
    .insert({ prefix, year, last: 1 })
    .onConflict(['prefix', 'year'])
    .merge({ last: trx.raw('case_number.last + 1') })
    .returning<{ last: number }[]>('last');
  return `${prefix}-${year}-${String(row!.last).padStart(6, '0')}`;
}

/** What the draft becomes; a new case takes its number here, and so does a document, so that numbers have no gaps. */
async function resolve(trx: Knex.Transaction, { rules, calendar }: Law, state: CaseState, draft: Draft, at: Instant, done: RecordsDone): Promise<Happening | null> {
  const year = Number(dayOf(calendar, at).slice(0, 4));
  const caseNo = draft.type === 'case.opened' ? await nextCaseNo(trx, processes[draft.kind].prefix, year) : '';
  const due = papersOf(state, draft);
  const papers = due.length === 0 ? [] : await numbered(trx, due, year);
  return resolved(draft, state, at, { rules, calendar, caseNo, papers, ...done });
}

/** Whether everybody sees the record that day. */
async function isShown(trx: Knex.Transaction, record: string, today: CivilDate): Promise<boolean> {
  const row: { state: RecordState } | undefined = await trx('record').where({ id: record, frozen: false }).first('state');
  return row !== undefined && isPublic(row.state, today);
}

/** Whoever else hears what becomes of an incident, at the events that are told to them. */
async function reportsAround(trx: Knex.Transaction, state: CaseState, what: Happening): Promise<ReportsAround> {
  if (state.kind !== 'incident') return noReports;
  const isReply = what.type === 'task.completed' && state.tasks[what.task]?.stage === 'feedback';
  if (!isReply && what.type !== 'case.closed') return noReports;
  const merged = await mergedInto(trx, state.id);
  const leading = what.type === 'case.closed' && what.outcome === 'duplicate' ? await leadingCase(trx, state.id, { lock: true }) : null;
  return { merged, leading };
}

/** The answer to a step that is in the file already: where it stands, and all that its writer has not seen. */
async function recordedBefore(trx: Knex.Transaction, { caseId, key, after }: RecordRequest, stands: number): Promise<Omit<Recorded, 'mails'>> {
  const found = await trx<EventRow>('case_event').where({ case_id: caseId, key }).orderBy('seq', 'desc').first('seq');
  if (!found) throw failure('StaleFile', `case ${caseId} stands at ${stands}, not at ${after}`);
  return { events: (await readEvents(trx, caseId, after)).map(plainEvent), seq: found.seq };
}

/** The case's head, locked until the transaction ends. */
const headOf = (caseId: string): Bound => ({
  name: 'case-file-head',
  text: 'select head_seq, head_hash, state from case_file where id = $1 for update',
  values: [caseId],
});

/** Takes a command for recording, unless it is taken. */
const commandOf = ({ caseId, key, after, drafts }: RecordRequest): Bound => ({
  name: 'command-take',
  text: `insert into command (id, case_id, outcome, seq) values ($1, $2, 'recorded', $3) on conflict (id) do nothing returning id`,
  values: [key, caseId, after + drafts.length],
});

/** @throws when a command that is taken was not recorded on this case. */
async function refuseForeign(trx: Knex.Transaction, { caseId, key }: RecordRequest): Promise<void> {
  const known = await trx<{ id: string; case_id: string; outcome: string }>('command').where({ id: key }).first('outcome', 'case_id');
  if (known?.outcome === 'void') throw failure('Voided', `command ${key} was given up before it was recorded`);
  if (known?.case_id !== caseId) throw failure('Voided', `command ${key} belongs to another case`);
}

/**
 * The one way into a case file: events, projections and outgoing mail in one transaction. A step or command that
 * is recorded already gives the same events again and writes nothing.
 */
export function createCaseActivities(dependencies: RecordDependencies): CaseActivities {
  const { knex, chain, readLaw, queueMails, pendingMails, now = () => new Date() } = dependencies;

  /**
   * What a step does to records. The case's row is locked before: records are locked after cases, and in the order of their
   * ids. A record that the case makes has an id that follows from its step; where its document was entered by hand already,
   * it is that one.
   */
  async function doRecords(trx: Knex.Transaction, caseId: string, draft: Draft, writing: Writing, key: string): Promise<RecordsDone> {
    if (draft.type === 'correction.published') return { shown: await isShown(trx, draft.record, dayOf(writing.law.calendar, writing.at)) };
    if (draft.type !== 'records.changed') return {};
    const changed = await changeRecords(trx, { ...writing, key, changes: draft.changes });
    const units = [...new Set([...changed.values()].flatMap(({ state }) => Object.keys(state.uses)))].toSorted();
    const about = draft.changes[0]?.record;
    const news = (draft.store ?? []).map((facts, n): NewRecord => ({
      id: commandIdFor(key, `record ${n}`),
      facts: { ...facts, decidedOn: dayOf(writing.law.calendar, writing.at) },
      source: 'case',
      ...(about === undefined ? {} : { origin: { case: caseId, record: about } }),
    }));
    return { units, stored: (await storeRecords(trx, news, writing)).map(({ id }) => id) };
  }

  async function append(trx: Knex.Transaction, law: Law, request: RecordRequest): Promise<Recorded> {
    const { caseId, after, key, drafts } = request;
    // Both at once. A file that went on meanwhile refuses below, and with it goes the command that was taken here.
    const [heads, taken] = (await runTogether(trx, [headOf(caseId), ...(request.command ? [commandOf(request)] : [])])) as [Head[], unknown[]?];
    const [head] = heads;
    const seq = head?.head_seq ?? 0;
    const isTaken = taken?.length === 0;
    if (seq !== after || isTaken) {
      if (seq === after) await refuseForeign(trx, request);
      return { ...(await recordedBefore(trx, request, seq)), mails: await pendingMails(trx, caseId) };
    }

    const state = head?.state ?? blankCase(caseId);
    const before = head ? projectionsOf(state) : [];
    const recordedAt = now().toISOString();
    // The chain covers the text of the instant, and the file gives it back in this one form.
    const at = request.at === null ? recordedAt : new Date(request.at).toISOString();
    const letters: Letter[] = [];
    const chained: { event: ChainedEvent; previous: Buffer; hash: Buffer }[] = [];
    let previous = head?.head_hash ?? chainRoot;
    for (const draft of drafts) {
      // The key of a step is its own in one case only, and a record may be changed by several.
      const done = await doRecords(trx, caseId, draft, { law, chain, at, recordedAt, actor: request.actor, requestId: request.requestId }, `${caseId}:${key}`);
      const what = await resolve(trx, law, state, draft, at, done);
      if (!what) continue;
      const event: ChainedEvent = {
        seq: state.seq + 1,
        at,
        recordedAt,
        actor: request.actor,
        command: request.command ? key : null,
        what,
        key,
        requestId: request.requestId,
      };
      apply(state, event);
      letters.push(...lettersFor(state, event, await reportsAround(trx, state, what)));
      const hash = link(chain, caseId, event, previous);
      chained.push({ event, previous, hash });
      previous = hash;
    }
    if (chained.length === 0) return { events: [], seq: state.seq, mails: [] };

    const events = chained.map(({ event }) => plainEvent(event));
    const statements = [...writeCaseFile(state, previous, !head), ...insertEvents(caseId, chained), ...changes(before, projectionsOf(state))];
    const [, mails] = await Promise.all([
      runTogether(trx, statements),
      letters.length > 0 ? queueMails(trx, letters, { requestId: request.requestId }) : [],
    ]);
    return { events, seq: state.seq, mails };
  }

  return {
    async record(request) {
      // A change of the law is followed by recomputation at once: that one must not read the law of a second ago.
      const law = await readLaw(request.drafts.some((draft) => draft.type === 'deadline.recomputed'));
      return knex.transaction((trx) => append(trx, law, request));
    },
    async load(caseId) {
      const row = await knex<{ id: string; state: CaseState }>('case_file').where({ id: caseId }).first('state');
      return { state: row?.state ?? blankCase(caseId), mails: row ? await pendingMails(knex, caseId) : [] };
    },
  };
}

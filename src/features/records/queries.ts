import type { Knex } from 'knex';
import { overColumns, type OverRow } from '../../platform/records/over.ts';
import { visibleCases, visibleRecords, type Sight } from '../../platform/visibility.ts';
import type { CaseKind, CivilDate, Correction } from '../../rules/casefile/types.ts';
import type { Passage } from '../../rules/masking/index.ts';
import type { ReleaseDue } from '../../rules/release/due.ts';
import { releaseStages } from '../../rules/release/process.ts';
import { ownReason, whatOf, type OrderDocument, type RecordState } from '../../rules/records/file.ts';

export interface FoundRecord {
  readonly id: string;
  readonly state: RecordState;
  readonly frozen: boolean;
  /** Taken off the public surfaces in an emergency. */
  readonly off: boolean;
  /** Its subject may not ask for repair before this day; null where it may. */
  readonly bannedUntil: CivilDate | null;
  readonly subject: { readonly id: string; readonly name: string };
  readonly representative: string | null;
  /** The person's identity; null for an organisation. */
  readonly sealed: string | null;
}

const uuid = /^[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i;
export const isId = (text: string): boolean => uuid.test(text);

/** One record, as far as the person may see it. */
export async function findRecord(knex: Knex, { sight, today }: { sight: Sight; today: CivilDate }, id: string): Promise<FoundRecord | undefined> {
  if (!isId(id)) return undefined;
  const visible = visibleRecords(sight, 'r', today);
  const row: (OverRow & { id: string; state: RecordState; subject_id: string; subject_name: string; representative: string | null; sealed: string | null }) | undefined = await knex('record as r')
    .join('subject as s', 's.id', 'r.subject_id')
    .where('r.id', id)
    .whereRaw(visible.sql, visible.bindings)
    .first(['r.id', 'r.state', 'r.subject_id', 's.name as subject_name', 's.representative', 's.sealed', ...overColumns(knex, today)]);
  return row && { id: row.id, state: row.state, frozen: row.frozen, off: row.off, bannedUntil: row.banned_until, subject: { id: row.subject_id, name: row.subject_name }, representative: row.representative, sealed: row.sealed };
}

/** A case about a record: an application for its repair, or an objection to it. */
export interface CaseAbout {
  readonly kind: 'repair' | 'objection';
  readonly caseNo: string;
  readonly title: string;
  readonly status: 'open' | 'closed';
  readonly openedAt: Date;
}

/** The latest cases about a record that the person may see. */
export async function casesAbout(knex: Knex, record: string, sight: Sight): Promise<CaseAbout[]> {
  const visible = visibleCases(sight, 'c.case_id');
  const one = (kind: CaseAbout['kind']): string =>
    `select '${kind}' as kind, c.case_no as "caseNo", c.title, c.status, c.opened_at as "openedAt" from ${kind} c where ${kind === 'repair' ? '? in (c.record_id, c.made_record)' : 'c.record_id = ?'} and ${visible.sql}`;
  const bindings = [record, ...visible.bindings];
  const { rows }: { rows: CaseAbout[] } = await knex.raw(`${one('repair')} union all ${one('objection')} order by "openedAt" desc limit 20`, [...bindings, ...bindings]);
  return rows;
}

/** An order to a unit to undo, or look at, what it did because of a record; given by whichever case. */
export interface OrderAbout {
  readonly kind: CaseKind;
  readonly caseNo: string;
  readonly stage: string;
  readonly unit: string;
  readonly status: 'open' | 'done' | 'cancelled';
  readonly deadlineAt: Date | null;
  readonly doneAt: Date | null;
  readonly outcome: string | null;
}

export interface OrdersAbout {
  readonly given: readonly OrderAbout[];
  /** Units whose order is written down and has no case yet. */
  readonly coming: readonly string[];
}

const orderStages = [...Object.keys(releaseStages), 'acknowledge-correction'];

/** The latest orders about a record that the person may see, with the state of each unit. */
export async function ordersAbout(knex: Knex, record: string, sight: Sight): Promise<OrdersAbout> {
  const visible = visibleCases(sight, 't.case_id');
  const given: Promise<{ rows: OrderAbout[] }> = knex.raw(
    `select t.kind, t.case_no as "caseNo", t.stage, t.unit, t.status, t.deadline_at as "deadlineAt", t.done_at as "doneAt", t.outcome
     from (select case_id from release where record_id = ? union all select case_id from repair where record_id = ? union all select case_id from objection where record_id = ?) c
     join case_task t on t.case_id = c.case_id
     where t.stage = any(?::text[]) and ${visible.sql} order by t.opened_at desc, t.slug limit 100`,
    [record, record, record, orderStages, ...visible.bindings],
  );
  const due: { opening: ReleaseDue['opening'] }[] = await knex('case_due as d').where({ record_id: record })
    .whereNotExists(knex('case_file as f').whereRaw('f.id = d.case_id')).orderBy('at').select('opening');
  const mine = (unit: string): boolean => sight.all || sight.units.includes(unit);
  return { given: (await given).rows, coming: due.flatMap(({ opening }) => opening.used.map(({ unit }) => unit).filter((unit) => mine(unit) || mine(opening.unit))) };
}

export const proposalActs = ['publish', 'look', 'withdraw', 'stay', 'liftStay', 'shield', 'liftShield', 'finalise', 'mendReason'] as const;
export type ProposalAct = (typeof proposalActs)[number];

export interface Proposal {
  readonly id: string;
  readonly act: ProposalAct;
  readonly reason: string;
  /** The hold that is to be lifted or made final; the reason that is to be put right. */
  readonly target: string | null;
  /** Of a look: what is masked, and what stays. */
  readonly passages: readonly Passage[];
  /** The court's or authority's document. */
  readonly document: OrderDocument | null;
  readonly by: { readonly id: string; readonly name: string };
  readonly at: Date;
  /** Of a withdrawal: until when it is to be decided, counted from the day on which its ground became known. */
  readonly due: { readonly at: Date; readonly knownOn: CivilDate } | null;
  readonly decided: { readonly name: string; readonly at: Date; readonly granted: boolean; readonly note: string | null } | null;
}

interface ProposalRow {
  id: string;
  act: ProposalAct;
  reason: string;
  target: string | null;
  passages: Passage[] | null;
  document_no: string | null;
  document_on: CivilDate | null;
  proposed_by: string;
  proposed_at: Date;
  known_on: CivilDate | null;
  due_at: Date | null;
  decided_at: Date | null;
  granted: boolean | null;
  note: string | null;
  proposer: string;
  decider: string | null;
}

/** What was proposed for a record, the latest first. */
export async function proposalsOf(knex: Knex, record: string): Promise<Proposal[]> {
  const rows = (await knex('record_proposal as p')
    .join('person as a', 'a.id', 'p.proposed_by')
    .leftJoin('person as b', 'b.id', 'p.decided_by')
    .where('p.record_id', record)
    .orderBy('p.proposed_at', 'desc')
    .limit(20)
    .select('p.id', 'p.act', 'p.reason', 'p.target', 'p.passages', 'p.document_no', 'p.document_on', 'p.proposed_by', 'p.proposed_at', 'p.known_on', 'p.due_at', 'p.decided_at', 'p.granted', 'p.note', 'a.name as proposer', 'b.name as decider')) as ProposalRow[];
  return rows.map((row) => ({
    id: row.id,
    act: row.act,
    reason: row.reason,
    target: row.target,
    passages: row.passages ?? [],
    document: row.document_no === null || row.document_on === null ? null : { no: row.document_no, on: row.document_on },
    by: { id: row.proposed_by, name: row.proposer },
    at: row.proposed_at,
    due: row.due_at === null || row.known_on === null ? null : { at: row.due_at, knownOn: row.known_on },
    decided: row.decided_at === null ? null : { name: row.decider ?? '', at: row.decided_at, granted: row.granted ?? false, note: row.note },
  }));
}

/** A reason that everybody reads, or may have read, on the pages of a record. */
export interface PublicReason {
  /** As `record.reasonMended` names it. */
  readonly of: string;
  /** When it was published. */
  readonly at: Date;
  readonly text: string;
}

/** The published reasons of a record: of its withdrawal, and of corrections that an objection brought about, with what these say was corrected. */
export async function publicReasons(knex: Knex, { id, state }: Pick<FoundRecord, 'id' | 'state'>): Promise<PublicReason[]> {
  const rows: { case_id: string; number: number; at: Date; what: Correction['what']; text: string; reason: string }[] = await knex('correction').where({ record_id: id }).orderBy('at', 'desc').select('case_id', 'number', 'at', 'what', 'text', 'reason');
  return [
    ...(state.status === 'withdrawn' && state.publishedAt !== null && state.because === null ? [{ of: ownReason, at: new Date(state.changedAt), text: state.reason ?? '' }] : []),
    ...rows.flatMap(({ case_id: caseId, number, at, what, text, reason }) => {
      const of = `${caseId}:${number}`;
      const done = whatOf(of);
      // Of a removal the program says what was done.
      return [{ of, at, text: state.mended?.[of] ?? reason }, ...(what === 'removed' ? [] : [{ of: done, at, text: state.mended?.[done] ?? text }])];
    }),
  ];
}

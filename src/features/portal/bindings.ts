import type { Knex } from 'knex';
import type { FileRef } from '../../rules/casefile/types.ts';

export const bindingStates = ['asked', 'confirmed', 'refused', 'ended'] as const;
export type BindingState = (typeof bindingStates)[number];

/** What a binding rests on: papers that the credit office looked at, or the word of the identity provider. */
export type BindingSource = 'papers' | 'identity';

/** Who ended a binding: the account itself, the credit office, or the provider, which no longer names the subject. */
export type BindingEnding = 'self' | 'office' | 'identity';

/** That an account speaks for a firm, or is a natural person's. */
export interface Binding {
  readonly id: string;
  readonly account: string;
  readonly masked: string;
  readonly kind: 'organisation' | 'person';
  /** Null for a person. */
  readonly uscc: string | null;
  /** Of a person the masked form. */
  readonly name: string;
  /** By a power of attorney, not as its legal representative. */
  readonly agent: boolean;
  readonly source: BindingSource;
  readonly proof: readonly FileRef[];
  readonly state: BindingState;
  readonly subject: string | null;
  readonly askedAt: Date;
  readonly decidedAt: Date | null;
  /** Null while nobody did, or when the provider's word decided. */
  readonly decidedBy: string | null;
  readonly reason: string | null;
  readonly endedAt: Date | null;
  readonly endedHow: BindingEnding | null;
  readonly endReason: string | null;
}

interface Row {
  id: string;
  account_id: string;
  masked: string;
  kind: Binding['kind'];
  uscc: string | null;
  name: string;
  agent: boolean;
  source: BindingSource;
  proof: FileRef[];
  state: BindingState;
  subject_id: string | null;
  asked_at: Date;
  decided_at: Date | null;
  decider: string | null;
  reason: string | null;
  ended_at: Date | null;
  ended_how: BindingEnding | null;
  end_reason: string | null;
}

const bindingOf = (row: Row): Binding => ({
  id: row.id,
  account: row.account_id,
  masked: row.masked,
  kind: row.kind,
  uscc: row.uscc,
  name: row.name,
  agent: row.agent,
  source: row.source,
  proof: row.proof,
  state: row.state,
  subject: row.subject_id,
  askedAt: row.asked_at,
  decidedAt: row.decided_at,
  decidedBy: row.decider,
  reason: row.reason,
  endedAt: row.ended_at,
  endedHow: row.ended_how,
  endReason: row.end_reason,
});

const columns = ['id', 'account_id', 'kind', 'uscc', 'name', 'agent', 'source', 'proof', 'state', 'subject_id', 'asked_at', 'decided_at', 'reason', 'ended_at', 'ended_how', 'end_reason'].map((name) => `b.${name}`);

/** Bindings `b` with their accounts `a` and who decided `p`. */
const rows = (knex: Knex): Knex.QueryBuilder =>
  knex('portal_binding as b').join('portal_account as a', 'a.id', 'b.account_id').leftJoin('person as p', 'p.id', 'b.decided_by').select(...columns, 'a.masked', 'p.name as decider');

const read = async (query: Knex.QueryBuilder): Promise<Binding[]> => ((await query) as Row[]).map(bindingOf);

/** Most bindings of one account that are shown; an agent of more firms is a firm itself. */
const most = 50;

/** The last ones first. */
export const bindingsOf = (knex: Knex, account: string): Promise<Binding[]> => read(rows(knex).where('b.account_id', account).orderBy('b.asked_at', 'desc').limit(most));

/** The binding by which the account speaks for a subject; undefined when it does not. */
export async function speaksFor(knex: Knex, account: string, subject: string): Promise<Binding | undefined> {
  return (await read(rows(knex).where({ 'b.account_id': account, 'b.subject_id': subject, 'b.state': 'confirmed' }).limit(1)))[0];
}

/** The account's own person, while it is bound or being checked. */
export async function ownPerson(knex: Knex, account: string): Promise<Binding | undefined> {
  return (await read(rows(knex).where({ 'b.account_id': account, 'b.kind': 'person' }).whereIn('b.state', ['asked', 'confirmed']).limit(1)))[0];
}

/** A reader of the credit office; `mail` is the digest of his own address. */
export interface Officer {
  readonly person: string;
  readonly mail: Buffer;
}

/**
 * Bindings that the officer may look at: not his own, none from which he recused himself, and none of a subject of a case
 * from which he is recused.
 */
const withoutConflict = (query: Knex.QueryBuilder, { person, mail }: Officer): Knex.QueryBuilder =>
  query.whereRaw(
    `a.mail_digest is distinct from ?
     and not exists (select 1 from portal_binding_recusal r where r.binding_id = b.id and r.person_id = ?)
     and not exists (
       select 1 from case_recusal r join case_subject n on n.case_id = r.case_id left join subject s on s.id = b.subject_id
       where r.person = ? and (n.uscc = b.uscc or n.sealed = s.sealed))`,
    [mail, person, person],
  );

export async function findBinding(knex: Knex, id: string, officer: Officer): Promise<Binding | undefined> {
  return (await read(withoutConflict(rows(knex).where('b.id', id), officer)))[0];
}

/** A binding of the account's own, whatever became of it. */
export async function findOwnBinding(knex: Knex, id: string, account: string): Promise<Binding | undefined> {
  return (await read(rows(knex).where({ 'b.id': id, 'b.account_id': account })))[0];
}

/** Beyond so many nobody counts. */
const mostCounted = 999;

/** How many wait for the officer, or somebody like him; one more than `mostCounted` when there are more. */
export async function countAsked(knex: Knex, officer: Officer): Promise<number> {
  const waiting = withoutConflict(knex('portal_binding as b').join('portal_account as a', 'a.id', 'b.account_id').where('b.state', 'asked'), officer).select(knex.raw('1')).limit(mostCounted + 1);
  const [row] = (await knex.from(waiting.as('waiting')).count('* as count')) as [{ count: string }];
  return Number(row.count);
}

export interface BindingList {
  readonly state: BindingState;
  /** SQL on `b.search` for what was typed; null when nothing was. */
  readonly search: { sql: string; bindings: Knex.RawBinding[] } | null;
  readonly from: { at: string; id: string } | null;
  readonly size: number;
}

/** A page of the office's list: those that wait by how long they have waited, all others the last ones first. */
export async function listBindings(knex: Knex, { state, search, from, size }: BindingList, officer: Officer): Promise<Binding[]> {
  const order = state === 'asked' ? 'asc' : 'desc';
  const query = withoutConflict(rows(knex).where('b.state', state), officer)
    .orderBy([{ column: 'b.asked_at', order }, { column: 'b.id', order }]).limit(size);
  if (search) void query.whereRaw(search.sql, search.bindings);
  if (from) void query.whereRaw(`(b.asked_at, b.id) ${state === 'asked' ? '>' : '<'} (?::timestamptz, ?::uuid)`, [from.at, from.id]);
  return read(query);
}

/** How many other accounts speak for the same firm, or say to be the same person: of one that waits the sealed identity tells. */
export async function countOthers(knex: Knex, { id, kind, uscc, subject }: Binding, sealed: string | null): Promise<number> {
  const others = knex('portal_binding').where({ state: 'confirmed', kind }).whereNot({ id });
  if (uscc !== null) void others.where({ uscc });
  else void others.whereIn('subject_id', subject === null ? knex('subject').where({ sealed }).select('id') : [subject]);
  const [row] = (await others.count('* as count')) as [{ count: string }];
  return Number(row.count);
}

/** The names that the house has under the code of a firm: of each subject today's, and those it had before. */
export async function namesOnFile(knex: Knex, uscc: string): Promise<{ name: string; former: string[] }[]> {
  return knex('subject as s').where({ uscc }).orderBy('created_at').select('s.name', knex.raw(`array(
    select distinct c.before ->> 'name' from subject_change c where c.subject_id = s.id and c.before ->> 'name' <> s.name) as former`));
}

/** Whether the officer recused himself from a case that names the person with this sealed identity. */
export async function isRecusedFrom(knex: Knex, { person }: Officer, sealed: string): Promise<boolean> {
  const row: unknown = await knex('case_recusal as r').join('case_subject as n', 'n.case_id', 'r.case_id').where({ 'r.person': person, 'n.sealed': sealed }).first('r.case_id');
  return row !== undefined;
}

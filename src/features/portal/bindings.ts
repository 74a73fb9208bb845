import type { Knex } from 'knex';
import type { FileRef } from '../../rules/casefile/types.ts';

export type BindingState = 'asked' | 'confirmed' | 'refused';

/** That an account speaks for a firm: asked for with proof, decided by the credit office. */
export interface Binding {
  readonly id: string;
  readonly account: string;
  readonly masked: string;
  readonly uscc: string;
  readonly name: string;
  /** By a power of attorney, not as its legal representative. */
  readonly agent: boolean;
  readonly proof: readonly FileRef[];
  readonly state: BindingState;
  readonly subject: string | null;
  readonly askedAt: Date;
  readonly decidedAt: Date | null;
  readonly reason: string | null;
}

interface Row {
  id: string;
  account_id: string;
  masked: string;
  uscc: string;
  name: string;
  agent: boolean;
  proof: FileRef[];
  state: BindingState;
  subject_id: string | null;
  asked_at: Date;
  decided_at: Date | null;
  reason: string | null;
}

const bindingOf = (row: Row): Binding => ({
  id: row.id,
  account: row.account_id,
  masked: row.masked,
  uscc: row.uscc,
  name: row.name,
  agent: row.agent,
  proof: row.proof,
  state: row.state,
  subject: row.subject_id,
  askedAt: row.asked_at,
  decidedAt: row.decided_at,
  reason: row.reason,
});

const rows = (knex: Knex): Knex.QueryBuilder => knex('portal_binding as b').join('portal_account as a', 'a.id', 'b.account_id').select('b.*', 'a.masked');

/** Most bindings of one account that are shown; an agent of more firms is a firm itself. */
const most = 50;

export async function bindingsOf(knex: Knex, account: string): Promise<Binding[]> {
  const found = (await rows(knex).where('b.account_id', account).orderBy('b.asked_at', 'desc').limit(most)) as Row[];
  return found.map(bindingOf);
}

/** The binding by which the account speaks for a subject; undefined when it does not. */
export async function speaksFor(knex: Knex, account: string, subject: string): Promise<Binding | undefined> {
  const row = (await rows(knex).where({ 'b.account_id': account, 'b.subject_id': subject, 'b.state': 'confirmed' }).first()) as Row | undefined;
  return row && bindingOf(row);
}

export async function findBinding(knex: Knex, id: string): Promise<Binding | undefined> {
  const row = (await rows(knex).where('b.id', id).first()) as Row | undefined;
  return row && bindingOf(row);
}

/** Asked for once: sent again with the same id, or while another stands, it is the one there is. */
export async function askBinding(knex: Knex, binding: Pick<Binding, 'id' | 'account' | 'uscc' | 'name' | 'agent' | 'proof' | 'askedAt'>): Promise<void> {
  await knex('portal_binding').insert({
    id: binding.id,
    account_id: binding.account,
    uscc: binding.uscc,
    name: binding.name,
    agent: binding.agent,
    proof: JSON.stringify(binding.proof),
    asked_at: binding.askedAt,
  }).onConflict().ignore();
}

/** Oldest first: those who have waited longest. */
export async function askedBindings(knex: Knex, after: { at: string; id: string } | null, size: number): Promise<Binding[]> {
  const query = rows(knex).where('b.state', 'asked').orderBy([{ column: 'b.asked_at' }, { column: 'b.id' }]).limit(size);
  if (after) void query.whereRaw('(b.asked_at, b.id) > (?::timestamptz, ?::uuid)', [after.at, after.id]);
  return ((await query) as Row[]).map(bindingOf);
}

export interface BindingDecision {
  readonly state: 'confirmed' | 'refused';
  readonly subject: string | null;
  readonly person: string;
  readonly at: Date;
  readonly reason: string | null;
}

/** False when somebody else was quicker. */
export async function decideBinding(db: Knex, id: string, { state, subject, person, at, reason }: BindingDecision): Promise<boolean> {
  const changed = await db('portal_binding').where({ id, state: 'asked' }).update({ state, subject_id: subject, decided_by: person, decided_at: at, reason });
  return changed > 0;
}

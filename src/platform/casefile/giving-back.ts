import { randomUUID } from 'node:crypto';
import type { Knex } from 'knex';
import type { Logger } from 'pino';
import { inAudience } from '../../rules/casefile/acts.ts';
import type { Acting } from '../../rules/casefile/commands.ts';
import type { CaseKind, Vacated } from '../../rules/casefile/types.ts';
import type { Role, RoleInUnit } from '../../rules/people.ts';
import { repeat } from '../repeat.ts';
import { Refused, type CaseGateway } from './gateway.ts';

/** An open task that somebody has. */
export interface HeldTask {
  readonly caseId: string;
  readonly task: string;
  readonly kind: CaseKind;
  readonly caseNo: string;
  readonly title: string;
  readonly stage: string;
  readonly unit: string;
  readonly role: Role;
  readonly deadlineAt: Date | null;
}

/** Whose tasks, and why: his account is closed, or this role was taken from him. */
export type Leaving = { readonly person: string } & ({ readonly because: 'accountClosed' } | ({ readonly because: 'roleTaken' } & RoleInUnit));

/** The open tasks of a person; those with the earliest deadline first. */
export async function heldTasks(db: Knex, person: string): Promise<HeldTask[]> {
  return db('case_task').where({ assignee: person, status: 'open' }).orderByRaw('deadline_at nulls last, case_no, task_id')
    .select({ caseId: 'case_id', task: 'task_id', kind: 'kind', caseNo: 'case_no', title: 'title', stage: 'stage', unit: 'unit', role: 'role', deadlineAt: 'deadline_at' });
}

/**
 * The open tasks that somebody has and, as his account and his roles stand, can do no more for the reason given.
 * Nothing of one who is back.
 */
export async function leftTasks(db: Knex, leaving: Leaving): Promise<HeldTask[]> {
  const person: { active: boolean } | undefined = await db('person').where({ id: leaving.person }).first('active');
  if (leaving.because === 'accountClosed' && person?.active !== false) return [];
  const tasks = await heldTasks(db, leaving.person);
  if (leaving.because === 'accountClosed') return tasks;
  const roles: RoleInUnit[] = await db('person_role').where({ person_id: leaving.person }).select({ unit: 'unit_id', role: 'role' });
  const holds = (held: readonly RoleInUnit[], audience: RoleInUnit): boolean => inAudience({ id: leaving.person, roles: held }, audience);
  return tasks.filter((audience) => holds([leaving], audience) && !holds(roles, audience));
}

/** Has the tasks given back as soon as the transaction stands. */
export async function orderGivingBack(trx: Knex.Transaction, leaving: Leaving, by: Acting, requestId: string): Promise<void> {
  await trx('task_return').insert({
    person_id: leaving.person, because: leaving.because, ordered_by: JSON.stringify(by), request_id: requestId,
    ...(leaving.because === 'roleTaken' ? { unit_id: leaving.unit, role: leaving.role } : {}),
  });
}

interface OrderRow {
  id: string;
  person_id: string;
  because: Vacated;
  unit_id: string | null;
  role: Role | null;
  ordered_by: Acting;
  request_id: string;
  at: Date;
}

const everyMs = 2000;
const most = 50;
/** An act that was under way when the account was closed may still give him a task. */
const tailMs = 60_000;

const leavingOf = ({ person_id: person, because, unit_id: unit, role }: OrderRow): Leaving =>
  because === 'roleTaken' && unit !== null && role !== null ? { person, because, unit, role } : { person, because: 'accountClosed' };

/**
 * Carries out what was ordered: each task by an act of whoever ordered it. What was not answered is tried again by a
 * later look; a task that was finished or given away meanwhile is left alone.
 * @returns what looks once, and answers how many tasks were given back.
 */
export function createGivingBack({ knex, gateway }: { knex: Knex; gateway: Pick<CaseGateway, 'act'> }, now: () => Date = () => new Date()): () => Promise<number> {
  return async () => {
    const orders: OrderRow[] = await knex('task_return').whereNull('done_at').orderBy(['at', 'id']).limit(most);
    let given = 0;
    let failure: unknown = null;
    for (const order of orders) {
      let answered = true;
      for (const { caseId, kind, task } of await leftTasks(knex, leavingOf(order))) {
        try {
          // Each try is an act of its own, as one that was given up is never recorded. The second of two finds nobody at the task.
          await gateway.act(kind, caseId, {
            id: randomUUID(), by: order.ordered_by, seen: null, requestId: order.request_id, at: null,
            act: { type: 'vacate', task, of: order.person_id, because: order.because },
          });
          given += 1;
        } catch (error) {
          if (error instanceof Refused) continue;
          answered = false;
          failure ??= error;
        }
      }
      if (answered && now().getTime() - order.at.getTime() > tailMs) await knex('task_return').where({ id: order.id }).update({ done_at: now() });
    }
    if (failure instanceof Error) throw failure;
    return given;
  };
}

/** Looks now and every two seconds, until the returned function is called. */
export function startGivingBack(parts: { knex: Knex; gateway: Pick<CaseGateway, 'act'> }, logger: Logger): () => Promise<void> {
  const giveBack = createGivingBack(parts);
  return repeat(
    everyMs,
    async () => {
      const count = await giveBack();
      if (count > 0) logger.info({ count }, 'tasks were given back to their units');
    },
    (error) => logger.warn({ err: error }, 'tasks of people who left were not all given back; it is tried again'),
  );
}

import type { Request } from 'express';
import type { Knex } from 'knex';
import { endSessions } from '../../platform/http/sign-ins.ts';
import type { GuardedAct } from '../../rules/administrators.ts';
import { roleConflict, roleFitsUnit, type AdministratorRole, type Role, type UnitKind } from '../../rules/people.ts';
import { giveRole, setActive, takeRole } from './people-commands.ts';
import { findPerson, hasFactor, type Account } from './people-queries.ts';
import type { SecondFactors } from './second-factor.ts';

/** How something stands, as far as an act changes it: one name with its value. Roles are `unit role`. */
export type Standing = Readonly<Record<string, string | boolean | readonly string[]>>;

export type ProposalStatus = 'waiting' | 'granted' | 'refused' | 'withdrawn' | 'overtaken';

interface Named {
  readonly id: string;
  readonly username: string;
  readonly name: string;
  readonly nameEn: string;
}

/** What is proposed: on an account, or on a unit. */
export interface ProposedChange {
  readonly act: GuardedAct;
  readonly personId: string | null;
  readonly unitId: string | null;
  readonly role: Role | null;
  readonly kind: UnitKind | null;
}

export interface Proposal extends ProposedChange {
  readonly id: string;
  readonly person: Named | null;
  readonly before: Standing;
  readonly after: Standing;
  readonly reason: string;
  readonly proposedBy: string;
  readonly proposer: Named;
  readonly proposerRole: AdministratorRole;
  readonly proposedAt: Date;
  readonly status: ProposalStatus;
  readonly decider: Named | null;
  readonly decidedAt: Date | null;
  readonly note: string | null;
  readonly doneAt: Date | null;
}

const named = (alias: string): string =>
  `case when ${alias}.id is null then null else json_build_object('id', ${alias}.id, 'username', ${alias}.username, 'name', ${alias}.name, 'nameEn', ${alias}.name_en) end`;

const READ = `
  select a.id, a.act, a.person_id as "personId", a.unit_id as "unitId", a.role, a.kind, a.before, a.after, a.reason, a.proposed_by as "proposedBy",
         a.proposer_role as "proposerRole", a.proposed_at as "proposedAt", a.status, a.decided_at as "decidedAt", a.note, a.done_at as "doneAt",
         ${named('p')} as person, ${named('b')} as proposer, ${named('d')} as decider
  from admin_proposal a join person b on b.id = a.proposed_by left join person p on p.id = a.person_id left join person d on d.id = a.decided_by`;

export const latestShown = 50;

/** What waits for its decision first, then the latest of the others. */
export async function readProposals(db: Knex): Promise<Proposal[]> {
  const { rows } = await db.raw<{ rows: Proposal[] }>(`${READ} order by a.status = 'waiting' desc, a.proposed_at desc limit ${latestShown}`);
  return rows;
}

export async function findProposal(db: Knex, id: string): Promise<Proposal | null> {
  const { rows: [row] } = await db.raw<{ rows: Proposal[] }>(`${READ} where a.id::text = ?`, [id]);
  return row ?? null;
}

const rolesOf = (account: Pick<Account, 'roles'>): string[] => account.roles.map(({ unit, role }) => `${unit} ${role}`).toSorted();

/** How the account or the unit stands now, as far as the act changes it. */
function standingOf(act: GuardedAct, account: Account | null, kind: UnitKind | null): Standing {
  if (act === 'unitKind' || account === null) return { kind: kind ?? '' };
  if (act === 'passwordReset') return { password: account.mustChangePassword ? 'oneTime' : 'own' };
  if (act === 'secondFactorReset') return { secondFactor: hasFactor(account) };
  return act === 'roleGiven' || act === 'roleTaken' ? { roles: rolesOf(account) } : { active: account.active };
}

function standingAfter({ act, unitId, role, kind }: ProposedChange, before: Standing): Standing {
  const own = `${unitId} ${role}`;
  const roles = Array.isArray(before['roles']) ? (before['roles'] as string[]) : [];
  switch (act) {
    case 'unitKind': return { kind: kind ?? '' };
    case 'passwordReset': return { password: 'oneTime' };
    case 'secondFactorReset': return { secondFactor: false };
    case 'roleGiven': return { roles: [...roles.filter((one) => one !== own), own].toSorted() };
    case 'roleTaken': return { roles: roles.filter((one) => one !== own) };
    default: return { active: act === 'activated' };
  }
}

async function kindOf(db: Knex, unitId: string | null): Promise<UnitKind | null> {
  const row: { kind: UnitKind } | undefined = unitId === null ? undefined : await db('unit').where({ id: unitId }).first('kind');
  return row?.kind ?? null;
}

/** Before and after an act, as things stand; null where the account or the unit is gone. */
export async function standings(db: Knex, change: ProposedChange): Promise<{ before: Standing; after: Standing } | null> {
  const account = change.personId === null ? null : await findPerson(db, change.personId);
  const kind = change.personId === null ? await kindOf(db, change.unitId) : null;
  if (account === null && kind === null) return null;
  const before = standingOf(change.act, account, kind);
  return { before, after: standingAfter(change, before) };
}

/** Why an act cannot be, whoever wants it; a key of `accounts:proposal.fault`. */
export type ChangeFault =
  | { readonly kind: 'nothingChanges' }
  | { readonly kind: 'wrongUnit' }
  | { readonly kind: 'rolesDoNotFit'; readonly count: number }
  | { readonly kind: 'twoAdministrators' | 'administratorInBusiness'; readonly roles: readonly [Role, Role] };

const isSame = (before: Standing, after: Standing): boolean => JSON.stringify(before) === JSON.stringify(after);

export async function changeFault(db: Knex, change: ProposedChange, { before, after }: { before: Standing; after: Standing }): Promise<ChangeFault | null> {
  if (isSame(before, after) && change.act !== 'passwordReset') return { kind: 'nothingChanges' };
  if (change.act === 'roleGiven') {
    const kind = await kindOf(db, change.unitId);
    if (kind === null || change.role === null || !roleFitsUnit(change.role, kind)) return { kind: 'wrongUnit' };
    return roleConflict((after['roles'] as readonly string[]).map((held) => held.split(' ')[1] as Role));
  }
  if (change.act === 'unitKind' && change.kind !== null) {
    const held = await db('person_role').where({ unit_id: change.unitId }).pluck<Role[]>('role');
    const count = held.filter((role) => !roleFitsUnit(role, change.kind!)).length;
    if (count > 0) return { kind: 'rolesDoNotFit', count };
  }
  return null;
}

/** Writes a proposal; null when the same one waits already. */
export async function addProposal(
  trx: Knex.Transaction, change: ProposedChange, { before, after, reason, by, byRole }: { before: Standing; after: Standing; reason: string; by: string; byRole: AdministratorRole },
): Promise<string | null> {
  const { act, personId, unitId, role, kind } = change;
  const made: { id: string }[] = await trx('admin_proposal').insert({
    act, person_id: personId, unit_id: unitId, role, kind, before: JSON.stringify(before), after: JSON.stringify(after), reason, proposed_by: by, proposer_role: byRole,
  }).onConflict(trx.raw(`(act, coalesce(person_id::text, ''), coalesce(unit_id, ''), coalesce(role, '')) where status = 'waiting'`)).ignore().returning('id');
  return made[0]?.id ?? null;
}

/** Takes a proposal that waits, so that of two decisions at once one counts; false when it waits no more. */
export async function settleProposal(
  trx: Knex.Transaction, id: string, status: Exclude<ProposalStatus, 'waiting'>, by: { id: string; role: AdministratorRole; note: string | null } | null,
): Promise<boolean> {
  const settled = await trx('admin_proposal').where({ id, status: 'waiting' })
    .update({ status, decided_at: trx.fn.now(), ...(by ? { decided_by: by.id, decider_role: by.role, note: by.note } : {}) });
  return settled > 0;
}

/** Whether things stand as they did when it was proposed, and what it does still can be; else it was overtaken. */
export async function stillHolds(trx: Knex.Transaction, proposal: Proposal): Promise<boolean> {
  const now = await standings(trx, proposal);
  return now !== null && isSame(now.before, proposal.before) && (await changeFault(trx, proposal, now)) === null;
}

/** Does what was proposed, but for a password: that is made when its proposer comes for it. */
export async function carryOut(trx: Knex.Transaction, proposal: Proposal, { req, factors }: { req: Request; factors: SecondFactors }): Promise<void> {
  const { act, personId, unitId, role, kind } = proposal;
  if (act === 'passwordReset') return;
  if (act === 'unitKind') {
    await trx('unit').where({ id: unitId }).update({ kind, version: trx.raw('version + 1') });
  } else {
    const account = await findPerson(trx, personId ?? '');
    if (account === null) throw new Error('the account of a proposal is gone');
    if (act === 'secondFactorReset') {
      await factors.reset(trx, account.id);
      await endSessions(trx, account.id, { how: 'password', req });
    } else if (act === 'roleTaken') {
      await takeRole(trx, account.id, unitId!, role!);
    } else if (act === 'roleGiven') {
      const refused = await giveRole(trx, account.id, { id: unitId!, kind: (await kindOf(trx, unitId))! }, role!);
      if (refused !== null) throw new Error(`the role could not be given: ${refused.kind}`);
    } else {
      await setActive(trx, account, act === 'activated', req);
    }
  }
  await trx('admin_proposal').where({ id: proposal.id }).update({ done_at: trx.fn.now() });
}

/** So long a granted password may be fetched. */
export const fetchDays = 7;

/** Marks a granted password as fetched, once; false when it was, or its time is over. */
export async function takeGrantedPassword(trx: Knex.Transaction, { id, proposedBy }: Pick<Proposal, 'id' | 'proposedBy'>): Promise<boolean> {
  const taken = await trx('admin_proposal').where({ id, act: 'passwordReset', status: 'granted', proposed_by: proposedBy }).whereNull('done_at')
    .where('decided_at', '>', trx.raw(`now() - interval '${fetchDays} days'`)).update({ done_at: trx.fn.now() });
  return taken > 0;
}

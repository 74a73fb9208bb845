import { createHash } from 'node:crypto';
import type { Acting } from '../../src/rules/casefile/commands.ts';
import type { Role } from '../../src/rules/people.ts';

function uuidOf(name: string): string {
  const hex = createHash('sha256').update(name).digest('hex');
  return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-4${hex.slice(13, 16)}-8${hex.slice(17, 20)}-${hex.slice(20, 32)}`;
}

/** A person of the demo city with one role; the id follows from the name. */
export function somebody(username: string, role: Role): Acting {
  const unit = username.split('.')[0]!;
  return { id: uuidOf(username), name: username, unit, roles: [{ unit, role }] };
}

function both(username: string, one: Role, other: Role): Acting {
  const person = somebody(username, one);
  return { ...person, roles: [...person.roles, { unit: person.unit, role: other }] };
}

/** The people of the walk. */
export const people = {
  handler: somebody('xyb.handler', 'handler'),
  handlerColleague: somebody('xyb.colleague', 'handler'),
  supervisor: somebody('xyb.supervisor', 'supervisor'),
  officeHead: somebody('xyb.leader', 'creditOfficeHead'),
  officeDeputy: somebody('xyb.deputy', 'creditOfficeHead'),
  market: somebody('scjg.handler', 'handler'),
  marketColleague: somebody('scjg.colleague', 'handler'),
  marketHead: somebody('scjg.leader', 'head'),
  ecology: somebody('hbj.handler', 'handler'),
  ecologyHead: somebody('hbj.leader', 'head'),
  publicity: somebody('zx.handler', 'handler'),
  reviewer: somebody('fz.reviewer', 'legalReviewer'),
  /** Handlers who are heads as well: what one of them proposes he could decide, were it not for four eyes. */
  marketBoth: both('scjg.both', 'handler', 'head'),
  officeBoth: both('xyb.both', 'handler', 'creditOfficeHead'),
  stranger: somebody('rsj.handler', 'handler'),
} as const satisfies Record<string, Acting>;

export const everybody: readonly Acting[] = Object.values(people);

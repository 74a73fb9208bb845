import { createHash } from 'node:crypto';
import type { Acting } from '../../rules/casefile/commands.ts';
import { isAdministratorRole, type Person } from '../../rules/people.ts';

/**
 * The person as he stands in a command, acting for the first of the wanted units in which he has a role, else for the
 * unit of his first business role. Only what the process needs to judge goes along.
 */
export function actingAs(person: Pick<Person, 'id' | 'name' | 'roles'>, ...wanted: string[]): Acting {
  const roles = person.roles.filter(({ role }) => !isAdministratorRole(role)).map(({ unit, role }) => ({ unit, role }));
  const unit = wanted.find((w) => roles.some((r) => r.unit === w)) ?? roles[0]?.unit ?? '';
  return { id: person.id, name: person.name, unit, roles };
}

/** The id of one of several commands that a single form gives rise to; the same form gives the same ids. */
export function commandIdFor(formId: string, part: string): string {
  const hex = createHash('sha256').update(`${formId}\0${part}`).digest('hex');
  return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-8${hex.slice(13, 16)}-a${hex.slice(17, 20)}-${hex.slice(20, 32)}`;
}

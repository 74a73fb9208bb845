import { hasRole, type Person } from '../people.ts';

type HasRoles = Pick<Person, 'id' | 'roles'>;

/** Whether the person may load a notice on days off as a new calendar: the system administrator. */
export function mayImportCalendar(person: HasRoles): boolean {
  return hasRole(person, 'systemAdmin');
}

/** Whether the person may put a loaded calendar in force, in general: the credit office. */
export function mayActivateCalendar(person: HasRoles): boolean {
  return hasRole(person, 'creditOfficeHead') || hasRole(person, 'supervisor');
}

export type ActivationRefusal = 'notKeeper' | 'ownImport' | 'active' | 'outdated';

/**
 * Why the person can't activate this calendar, or null when he can. Never the one who loaded it; never one that was
 * made from a calendar that is no longer in force, as it would undo what came between.
 */
export function activationRefusal(
  person: HasRoles,
  calendar: { version: number; importedById: string | null; basedOn: number | null },
  activeVersion: number | null,
): ActivationRefusal | null {
  if (calendar.version === activeVersion) return 'active';
  if (calendar.basedOn !== activeVersion) return 'outdated';
  if (!mayActivateCalendar(person)) return 'notKeeper';
  return person.id === calendar.importedById ? 'ownImport' : null;
}

/**
 * People, units and roles: who belongs where and which roles go together.
 *
 * The three administrators (三员: system, security, audit) exclude each other and
 * carry no business role. Source: GB/T 22239-2019 (等保 2.0), separation of duties.
 */

export const businessRoles = [
  'handler',
  'head',
  'legalReviewer',
  'supervisor',
  'creditOfficeHead',
] as const;

export const administratorRoles = ['systemAdmin', 'securityAdmin', 'auditAdmin'] as const;

export const roles = [...businessRoles, ...administratorRoles] as const;

export type BusinessRole = (typeof businessRoles)[number];
export type AdministratorRole = (typeof administratorRoles)[number];
export type Role = (typeof roles)[number];

export const locales = ['zh-CN', 'en'] as const;
export type Locale = (typeof locales)[number];

export const unitKinds = [
  'city',
  'creditOffice',
  'department',
  'region',
  'zone',
  'legal',
  'publicity',
  'court',
] as const;
export type UnitKind = (typeof unitKinds)[number];

/** One role in one unit. `unit` is the unit's id. */
export interface RoleInUnit {
  readonly unit: string;
  readonly role: Role;
}

/** A person as every part of the system sees him; `req.user` is one. */
export interface Person {
  readonly id: string;
  readonly username: string;
  readonly name: string;
  readonly nameEn: string;
  readonly mail: string;
  readonly locale: Locale;
  readonly roles: readonly RoleInUnit[];
}

/** A unit as the rules need it: its place in the tree and its kind. */
export interface UnitNode {
  readonly id: string;
  readonly kind: UnitKind;
  readonly parentId: string | null;
}

/** What any function below needs of a person. */
type HasRoles = Pick<Person, 'roles'>;

export function isAdministratorRole(role: Role): role is AdministratorRole {
  return (administratorRoles as readonly Role[]).includes(role);
}

/** True for a person who carries one of the three administrator roles anywhere. */
export function isAdministrator(person: HasRoles): boolean {
  return person.roles.some(({ role }) => isAdministratorRole(role));
}

/** The roles a person has in exactly this unit, in the order of `roles`. */
export function rolesOf(person: HasRoles, unit: string): Role[] {
  return roles.filter((role) => hasRole(person, role, unit));
}

/** Whether the person has the role in the unit, or in any unit when none is named. */
export function hasRole(person: HasRoles, role: Role, unit?: string): boolean {
  return person.roles.some((held) => held.role === role && (unit === undefined || held.unit === unit));
}

/**
 * The units in which a person does business: those of his business roles and every
 * unit below them, each once. Units that are not in the tree are left out.
 */
export function unitsOf(person: HasRoles, tree: readonly UnitNode[]): string[] {
  const children = new Map<string, string[]>();
  for (const { id, parentId } of tree) {
    if (parentId === null) continue;
    const siblings = children.get(parentId);
    if (siblings) siblings.push(id);
    else children.set(parentId, [id]);
  }
  const known = new Set(tree.map(({ id }) => id));
  const found = new Set<string>();
  const queue = person.roles
    .filter(({ role, unit }) => !isAdministratorRole(role) && known.has(unit))
    .map(({ unit }) => unit);
  for (let unit = queue.shift(); unit !== undefined; unit = queue.shift()) {
    if (found.has(unit)) continue;
    found.add(unit);
    queue.push(...(children.get(unit) ?? []));
  }
  return [...found];
}

/** Whether a person sees every case of the city: any business role in the credit office (市信用办). */
export function seesAll(person: HasRoles, tree: readonly UnitNode[]): boolean {
  const offices = new Set(tree.filter(({ kind }) => kind === 'creditOffice').map(({ id }) => id));
  return person.roles.some(({ role, unit }) => !isAdministratorRole(role) && offices.has(unit));
}

/** Two roles that one person may not carry together. */
export interface RoleConflict {
  readonly kind: 'twoAdministrators' | 'administratorInBusiness';
  readonly roles: readonly [Role, Role];
}

/**
 * The first pair of roles that exclude each other (三员分立), or null.
 * The same administrator role in two units is no conflict.
 */
export function roleConflict(held: readonly Role[]): RoleConflict | null {
  const [administrator, other] = [...new Set(held.filter(isAdministratorRole))];
  if (administrator === undefined) return null;
  if (other !== undefined) return { kind: 'twoAdministrators', roles: [administrator, other] };
  const business = held.find((role) => !isAdministratorRole(role));
  if (business !== undefined) return { kind: 'administratorInBusiness', roles: [administrator, business] };
  return null;
}

/** Whether a role can be held in a unit of this kind: the credit office's head sits in the credit office. */
export function roleFitsUnit(role: Role, kind: UnitKind): boolean {
  if (role === 'creditOfficeHead') return kind === 'creditOffice';
  if (role === 'supervisor') return kind === 'creditOffice' || kind === 'city';
  return true;
}

/** Acts of administration, each belonging to exactly the administrators named here. */
const administration = {
  viewPeople: ['systemAdmin', 'securityAdmin', 'auditAdmin'],
  editPeople: ['systemAdmin'],
  resetPassword: ['systemAdmin'],
  giveRoles: ['securityAdmin'],
  viewUnits: ['systemAdmin', 'securityAdmin', 'auditAdmin'],
  editUnits: ['systemAdmin'],
  viewAccessLog: ['auditAdmin'],
  viewAlerts: ['securityAdmin'],
  /** Of others than one's own kind; see `mayResetSecondFactor`. */
  resetSecondFactor: ['securityAdmin', 'auditAdmin'],
  revokeTokens: ['systemAdmin', 'securityAdmin'],
} as const satisfies Record<string, readonly AdministratorRole[]>;

export type AdministrationAct = keyof typeof administration;
export const administrationActs = Object.keys(administration) as AdministrationAct[];

/** Whether this person may do this act of administration at all. */
export function mayAdminister(person: HasRoles, act: AdministrationAct): boolean {
  return administration[act].some((role) => hasRole(person, role));
}

/**
 * Whether this administrator may take somebody's lost second factor away. The system administrator resets passwords, so it
 * is never he: nobody gets both halves of an account. That of a security administrator is the audit administrator's to take.
 */
export function mayResetSecondFactor(actor: HasRoles & { readonly id: string }, of: HasRoles & { readonly id: string }): boolean {
  if (actor.id === of.id) return false;
  return hasRole(actor, hasRole(of, 'securityAdmin') ? 'auditAdmin' : 'securityAdmin');
}

/** Whom the rules ask for a second factor: administrators, heads, and everybody else. */
export type SecondFactorGroup = 'administrators' | 'heads' | 'others';

export function secondFactorGroup(person: HasRoles): SecondFactorGroup {
  if (isAdministrator(person)) return 'administrators';
  return hasRole(person, 'head') || hasRole(person, 'creditOfficeHead') ? 'heads' : 'others';
}

/** Kinds of characters in a password: lower case, upper case, figures, all others. */
export const passwordRule = { minimum: 8, administratorMinimum: 10, maximum: 128, kinds: 3 } as const;

export type PasswordFault = 'tooShort' | 'tooLong' | 'tooPlain' | 'containsUsername';

/**
 * What is wrong with a new password, or null. Length counts characters, not bytes.
 * Source: usual values for GB/T 22239-2019: 8 characters (10 for administrators), 3 of 4 kinds.
 */
export function passwordFault(
  password: string,
  { username, administrator }: { username: string; administrator: boolean },
): PasswordFault | null {
  const length = [...password].length;
  if (length < (administrator ? passwordRule.administratorMinimum : passwordRule.minimum)) return 'tooShort';
  if (length > passwordRule.maximum) return 'tooLong';
  const kinds = [/\p{Ll}/u, /\p{Lu}/u, /\p{Nd}/u, /[^\p{Ll}\p{Lu}\p{Nd}]/u].filter((kind) => kind.test(password));
  if (kinds.length < passwordRule.kinds) return 'tooPlain';
  if (password.toLowerCase().includes(username.toLowerCase())) return 'containsUsername';
  return null;
}

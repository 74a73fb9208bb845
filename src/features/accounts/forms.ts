import { z } from 'zod';
import { locales, passwordFault, roles, unitKinds } from '../../rules/people.ts';
import type { CivilDate } from '../../rules/casefile/types.ts';
import { isCommonPassword } from '../../rules/common-passwords.ts';
import { addFault, choice, day, fault, field, integer, mailAddress, optional, text, tick } from '../../platform/http/fields.ts';

/** A password as typed: neither trimmed nor changed, only bounded. */
const password = z.unknown().transform((value, context): string => {
  if (typeof value === 'string' && value.length > 0 && value.length <= 1000) return value;
  addFault(context, fault('common:form.required'));
  return z.NEVER;
});

export const signInForm = z.object({ username: text({ max: 100 }), password });

/** The present password is asked for where the form changes something that it guards. */
const typedPassword = z.unknown().optional().transform((value): string => (typeof value === 'string' && value.length <= 1000 ? value : ''));

export const settingsForm = z.object({ mail: mailAddress, locale: choice(locales), currentPassword: typedPassword });

/** The present password, before something that it guards. */
export const confirmForm = z.object({ currentPassword: password });

/** A token for the API: what for, and its last day. */
export const tokenForm = ({ notBefore, notAfter }: { notBefore: string; notAfter: string }) =>
  z.object({ purpose: text({ max: 60 }), lastDay: day({ notBefore, notAfter }), currentPassword: password });

/** The new password of a person, twice, after the present one. */
export function newPasswordForm(person: { username: string; nameEn: string; administrator: boolean }) {
  return z
    .object({ currentPassword: password, newPassword: password, repeatedPassword: password })
    .superRefine(({ currentPassword, newPassword, repeatedPassword }, context) => {
      const wrong = passwordFault(newPassword, person);
      if (wrong !== null) addFault(context, fault(`accounts:password.fault.${wrong}${person.administrator && wrong === 'tooShort' ? 'Administrator' : ''}`), ['newPassword']);
      else if (newPassword === currentPassword) addFault(context, fault('accounts:password.fault.same'), ['newPassword']);
      else if (isCommonPassword(newPassword, person.nameEn.split(/\s+/).filter((word) => word.length > 1))) addFault(context, fault('accounts:password.fault.common'), ['newPassword']);
      else if (newPassword !== repeatedPassword) addFault(context, fault('accounts:password.fault.different'), ['repeatedPassword']);
    });
}

const username = field((typed) => {
  const name = typed.toLowerCase();
  return /^[a-z0-9][a-z0-9._-]{1,39}$/.test(name) ? name : fault('accounts:person.usernameFault', { value: typed });
});

const personFields = {
  name: text({ max: 40 }),
  nameEn: text({ max: 80 }),
  mail: mailAddress,
  locale: choice(locales),
};

export const newPersonForm = z.object({ username, ...personFields });
export const personForm = z.object({ ...personFields, version: integer({ min: 1, max: 1e9 }) });
export type PersonFields = Omit<z.output<typeof personForm>, 'version'>;

export const roleForm = z.object({ unit: text({ max: 31 }), role: choice(roles) });

const reason = text({ max: 500, min: 4, lines: true });

/** Why an act on an administrator is proposed. */
export const reasonForm = z.object({ reason });
export const unitKindForm = z.object({ kind: choice(unitKinds), reason });

/** What a second administrator says. A refusal needs its reason. */
export const decideActForm = z
  .object({ verdict: choice(['granted', 'refused']), note: optional(text({ max: 500, lines: true })) })
  .superRefine(({ verdict, note }, context) => {
    if (verdict === 'refused' && note === null) addFault(context, fault('accounts:proposal.fault.noteNeeded'), ['note']);
  });

const unitFields = {
  name: text({ max: 60 }),
  shortName: text({ max: 20 }),
  nameEn: text({ max: 120 }),
  /** Six figures of GB/T 2260, or a local code of the city for a zone that has none. */
  regionCode: optional(field((code) => (/^(?:\d{6}|[A-Z]{2}-[A-Z0-9]{2,8})$/.test(code) ? code : fault('accounts:unit.codeFault', { value: code })))),
  parent: optional(text({ max: 31 })),
  mailbox: optional(mailAddress),
  /** Before the year of a number: 宿市监信修〔2026〕12号. */
  documentPrefix: optional(field((sign) => (/^[\p{Script=Han}A-Za-z]{2,20}$/u.test(sign) ? sign : fault('accounts:unit.prefixFault', { value: sign })))),
  reviewBody: optional(text({ max: 60 })),
  court: optional(text({ max: 60 })),
  position: integer({ min: 0, max: 9999 }),
  active: tick,
};

export const newUnitForm = z.object({
  id: field((id) => (/^[a-z][a-z0-9-]{1,30}$/.test(id) ? id : fault('accounts:unit.idFault', { value: id }))),
  kind: choice(unitKinds),
  ...unitFields,
});
/** A unit that is there: its version, and where its names change, since when, or that they were only written wrongly. */
export const unitForm = ({ today }: { today: CivilDate }) =>
  z.object({ ...unitFields, version: integer({ min: 1, max: 1e9 }), renamedOn: optional(day({ notAfter: today })), misspelt: tick });
export type UnitFields = z.output<z.ZodObject<typeof unitFields>>;

import type { Request } from 'express';
import type { Cursors } from '../../platform/http/cursor.ts';
import { createFormat } from '../../platform/http/format.ts';
import { filled, labelledSummary, type Form } from '../../platform/http/forms.ts';
import { createMoments } from '../../platform/http/moments.ts';
import { withQuery } from '../../platform/http/paths.ts';
import type { Badge, Cell, Crumb, DataTable, Facts, Field, FilterBar, Heading, Link, Option, Pager } from '../../platform/http/view-models.ts';
import { unitName, type Unit } from '../../platform/units.ts';
import { locales, mayAdminister, mayResetSecondFactor, roleFitsUnit, roles } from '../../rules/people.ts';
import { hasFactor, type Account, type PeopleFilter } from './people-queries.ts';
import { me, nameOf } from './settings-routes.ts';
import { tokensTable, type ListedToken } from './tokens.ts';

/** The list whose cursors these pages make. */
export const PEOPLE_LIST = 'people';

const addressOf = (account: Account): string => `/admin/people/${account.id}`;

export function personCrumbs(req: Request, account: Account | null, here?: string): Crumb[] {
  return [
    { label: req.t('accounts:people.title'), href: '/admin/people' },
    ...(account === null ? [] : [{ label: nameOf(account, req.locale), ...(here === undefined ? {} : { href: addressOf(account) }) }]),
    ...(here === undefined ? [] : [{ label: here }]),
  ];
}

function stateBadges(req: Request, account: Account): Badge[] {
  if (!account.active) return [{ label: req.t('accounts:person.state.inactive'), tone: 'plain' }];
  if (account.lockedUntil) return [{ label: req.t('accounts:person.state.locked'), tone: 'late' }];
  if (account.mustChangePassword) return [{ label: req.t('accounts:person.state.mustChange'), tone: 'soon' }];
  return [{ label: req.t('accounts:person.state.active'), tone: 'done' }];
}

function unitInWords(req: Request, units: readonly Unit[], id: string, form: 'full' | 'short'): string {
  const unit = units.find((one) => one.id === id);
  return unit ? unitName(unit, req.locale, form) : id;
}

function rolesCell(req: Request, units: readonly Unit[], account: Account): Cell {
  const lines = account.roles.map(({ unit, role }) =>
    req.t('accounts:roleInUnit', { unit: unitInWords(req, units, unit, 'short'), role: req.t(`common:role.${role}`) }));
  return lines.length > 0 ? { kind: 'lines', lines } : { kind: 'none' };
}

function whenCell(req: Request, at: Date | null): Cell {
  return at === null ? req.t('accounts:person.never') : { kind: 'when', when: createMoments(req.t).tableTime(at) };
}

function unitOptions(req: Request, units: readonly Unit[]): Option[] {
  return units.filter(({ active }) => active).map((unit) => ({ value: unit.id, label: unitName(unit, req.locale) }));
}

function peopleFilter(req: Request, units: readonly Unit[], filter: PeopleFilter): FilterBar {
  const state = (value: PeopleFilter['state']): Option => ({ value, label: req.t(`accounts:people.filter.${value}`) });
  return {
    action: '/admin/people',
    search: { kind: 'text', name: 'search', label: req.t('accounts:people.search'), value: filter.search },
    fields: [
      { kind: 'select', name: 'unit', label: req.t('accounts:person.unit'), value: filter.unit, blank: req.t('accounts:people.filter.everyUnit'), options: unitOptions(req, units) },
      { kind: 'select', name: 'state', label: req.t('accounts:person.stateLabel'), value: filter.state, blank: false, options: [state('active'), state('inactive'), state('all')] },
    ],
    ...(filter.search !== '' || filter.unit !== '' ? { clearHref: '/admin/people' } : {}),
  };
}

export interface PeopleListModel {
  heading: Heading;
  filter: FilterBar;
  table: DataTable;
  pager: Pager;
}

export function peopleList(
  req: Request,
  cursors: Cursors,
  { filter, people, more, total, units, paged }: { filter: PeopleFilter; people: readonly Account[]; more: boolean; total: number; units: readonly Unit[]; paged: boolean },
): PeopleListModel {
  const last = people.at(-1);
  const searched = [
    ...(filter.search === '' ? [] : [{ label: req.t('accounts:people.search'), value: filter.search }]),
    ...(filter.unit === '' ? [] : [{ label: req.t('accounts:person.unit'), value: unitInWords(req, units, filter.unit, 'full') }]),
  ];
  return {
    heading: {
      title: req.t('accounts:people.title'),
      links: mayAdminister(me(req), 'editPeople') ? [{ href: '/admin/people/new', label: req.t('accounts:people.add'), icon: 'plus', primary: true }] : [],
    },
    filter: peopleFilter(req, units, filter),
    table: {
      caption: req.t('accounts:people.title'),
      columns: [
        { key: 'name', label: req.t('accounts:person.name'), line: 1 },
        { key: 'username', label: req.t('accounts:person.username'), line: 2, tight: true },
        { key: 'roles', label: req.t('accounts:person.roles'), line: 2 },
        { key: 'state', label: req.t('accounts:person.stateLabel'), line: 1, tight: true },
        { key: 'lastSignIn', label: req.t('accounts:person.lastSignIn'), line: 3, named: true, tight: true },
      ],
      rows: people.map((account) => ({
        cells: {
          name: { kind: 'link', href: addressOf(account), label: nameOf(account, req.locale) },
          username: account.username,
          roles: rolesCell(req, units, account),
          state: { kind: 'badge', badge: stateBadges(req, account)[0] ?? { label: '', tone: 'plain' } },
          lastSignIn: whenCell(req, account.lastSignIn),
        },
      })),
      empty: { title: req.t('accounts:people.none'), searched, links: [{ href: '/admin/people', label: req.t('accounts:people.all') }] },
    },
    pager: {
      text: req.t('accounts:people.count', { count: total, shown: createFormat(req.locale).count(total) }),
      ...(more && last ? { nextHref: withQuery(req.originalUrl, { after: cursors.encode(PEOPLE_LIST, last.username) }) } : {}),
      ...(paged ? { firstHref: withQuery(req.originalUrl, { after: null }) } : {}),
    },
  };
}

export function personFields(req: Request, form: Form, isNew: boolean): Field[] {
  return [
    ...(isNew ? [{ kind: 'text', label: req.t('accounts:person.username'), hint: req.t('accounts:person.usernameHint'), required: true, size: 'medium', autocomplete: 'off', ...filled(form, 'username') } satisfies Field] : []),
    { kind: 'text', label: req.t('accounts:person.name'), required: true, size: 'medium', ...filled(form, 'name') },
    { kind: 'text', label: req.t('accounts:person.nameEn'), required: true, size: 'medium', ...filled(form, 'nameEn') },
    { kind: 'text', type: 'email', label: req.t('accounts:person.mail'), required: true, size: 'medium', ...filled(form, 'mail') },
    {
      kind: 'radios', label: req.t('accounts:person.locale'), required: true, inline: true,
      options: locales.map((locale) => ({ value: locale, label: req.t(`common:language.${locale}`) })), ...filled(form, 'locale'),
    },
  ];
}

function personLinks(req: Request, account: Account): (Link & { icon?: 'person' | 'lock' | 'shield' | 'pause' | 'check' })[] {
  const to = addressOf(account);
  const actor = me(req);
  return [
    ...(mayAdminister(actor, 'editPeople') ? [{ href: `${to}/edit`, label: req.t('accounts:person.edit'), icon: 'person' as const }] : []),
    ...(mayAdminister(actor, 'resetPassword') && account.active ? [{ href: `${to}/password`, label: req.t('accounts:password.reset'), icon: 'lock' as const }] : []),
    ...(hasFactor(account) && mayResetSecondFactor(actor, account) ? [{ href: `${to}/second-factor`, label: req.t('accounts:confirm.second-factor.do'), icon: 'shield' as const }] : []),
    ...(mayAdminister(actor, 'editPeople') && account.id !== actor.id
      ? [account.active
          ? { href: `${to}/deactivate`, label: req.t('accounts:person.deactivate'), icon: 'pause' as const }
          : { href: `${to}/activate`, label: req.t('accounts:person.activate'), icon: 'check' as const }]
      : []),
  ];
}

function personFacts(req: Request, account: Account): Facts {
  return {
    items: [
      { term: req.t('accounts:person.username'), value: account.username },
      { term: req.t('accounts:person.nameEn'), value: account.nameEn },
      { term: req.t('accounts:person.mail'), value: account.mail },
      { term: req.t('accounts:person.locale'), value: req.t(`common:language.${account.locale}`) },
      { term: req.t('accounts:person.createdAt'), value: whenCell(req, account.createdAt) },
      { term: req.t('accounts:person.lastSignIn'), value: whenCell(req, account.lastSignIn) },
      { term: req.t('security:app.title'), value: req.t(account.hasSecondFactor ? 'security:app.on' : 'security:app.off') },
      ...(account.passkeys === 0 ? [] : [{ term: req.t('security:passkey.title'), value: req.t('security:passkey.held', { count: account.passkeys }) }]),
      ...(account.lockedUntil ? [{ term: req.t('accounts:person.lockedUntil'), value: whenCell(req, account.lockedUntil) }] : []),
    ],
  };
}

function rolesTable(req: Request, account: Account, units: readonly Unit[], mayGive: boolean): DataTable {
  return {
    caption: req.t('accounts:person.roles'),
    columns: [
      { key: 'unit', label: req.t('accounts:person.unit'), line: 1 },
      { key: 'role', label: req.t('accounts:person.role'), line: 2 },
      ...(mayGive ? [{ key: 'acts', label: req.t('accounts:acts'), line: 3 as const }] : []),
    ],
    rows: account.roles.map(({ unit, role }) => ({
      cells: {
        unit: unitInWords(req, units, unit, 'full'),
        role: req.t(`common:role.${role}`),
        acts: {
          kind: 'acts',
          acts: [{ action: `${addressOf(account)}/roles/take`, hidden: { unit, role }, button: { label: req.t('accounts:person.takeRole') } }],
        },
      },
    })),
    empty: { title: req.t('accounts:person.noRoles') },
  };
}

function roleFields(req: Request, form: Form, units: readonly Unit[]): Field[] {
  return [
    { kind: 'select', label: req.t('accounts:person.unit'), required: true, options: unitOptions(req, units), ...filled(form, 'unit') },
    {
      kind: 'select', label: req.t('accounts:person.role'), hint: req.t('accounts:person.roleHint'), required: true,
      options: roles.filter((role) => units.some(({ kind }) => roleFitsUnit(role, kind))).map((role) => ({ value: role, label: req.t(`common:role.${role}`) })),
      ...filled(form, 'role'),
    },
  ];
}

/** One person: who he is, his roles, and for the security administrator the form that gives them. */
export function personPage(req: Request, account: Account, units: readonly Unit[], form: Form, held: { tokens: readonly ListedToken[]; now: Date } | null): Record<string, unknown> {
  const actor = me(req);
  const mayGive = mayAdminister(actor, 'giveRoles') && actor.id !== account.id && account.active;
  const fields = roleFields(req, form, units);
  return {
    page: { title: nameOf(account, req.locale), crumbs: personCrumbs(req, account) },
    heading: { title: nameOf(account, req.locale), badges: stateBadges(req, account), links: personLinks(req, account) } satisfies Heading,
    facts: personFacts(req, account),
    errors: labelledSummary(form, fields, req.t),
    rolesTable: rolesTable(req, account, units, mayGive),
    ...(held === null ? {} : { tokensTable: tokensTable(req, held.tokens, held.now, mayAdminister(actor, 'revokeTokens') ? (id) => `${addressOf(account)}/tokens/${id}/revoke` : null) }),
    ...(mayGive ? {
      roleForm: {
        form: { action: `${addressOf(account)}/roles`, label: req.t('accounts:person.giveRole') },
        fields,
        buttons: { primary: { label: req.t('accounts:person.giveRole') } },
      },
    } : {}),
  };
}

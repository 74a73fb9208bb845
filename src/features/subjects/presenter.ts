import type { Request } from 'express';
import { createFormat } from '../../platform/http/format.ts';
import { filled, labelledSummary, type Form } from '../../platform/http/forms.ts';
import { createMoments } from '../../platform/http/moments.ts';
import type {
  Badge, ButtonRow, Cell, ConfirmBlock, CountTiles, DataTable, DecisionDocument, ErrorSummary, Field, FilterBar, FormShell, Heading, Notice, Page, Pager, Row,
} from '../../platform/http/view-models.ts';
import type { Translate } from '../../platform/i18n.ts';
import { subjectStandings, type SubjectRow, type SubjectStanding } from '../../platform/records/subjects.ts';
import { maskResidentId, maskText } from '../../rules/masking/index.ts';
import { becauseInWords, frozenBadge, personPath, unitNames, type Reading } from '../records/index.ts';
import { longestReason } from './forms.ts';
import { countedTo, type Position, type PublicOfSubject, type SubjectFilter, type SubjectPage } from './queries.ts';

export const listPath = '/subjects';

const tones: Readonly<Record<SubjectStanding, Badge['tone']>> = { living: 'done', deregistered: 'plain', revoked: 'late', merged: 'plain' };
const livingBadge = (standing: SubjectStanding, t: Translate): Badge => ({ label: t(`subjects:standing.${standing}`), tone: tones[standing] });
export const badgesOf = ({ kind, standing, frozen }: SubjectRow, t: Translate): Badge[] =>
  [...(kind === 'organisation' ? [livingBadge(standing, t)] : []), ...(frozen ? [frozenBadge(t)] : [])];

const addressOf = ({ q, frozen }: SubjectFilter, page?: string): string => {
  const query = new URLSearchParams({ ...(q === '' ? {} : { q }), ...(frozen ? { frozen: '1' } : {}), ...(page === undefined ? {} : { page }) });
  return query.size === 0 ? listPath : `${listPath}?${query.toString()}`;
};

export interface ListView {
  page: Page;
  heading: Heading;
  tiles: CountTiles;
  filter: FilterBar;
  table: DataTable | null;
  pager: Pager | null;
}

export function presentList(req: Request, { found, filter, frozen, corrections, cursorOf }: { found: SubjectPage | null; filter: SubjectFilter; frozen: number; corrections: { count: number; path: string | null }; cursorOf: (position: Position) => string }): ListView {
  const { t } = req;
  const format = createFormat(req.locale);
  const title = t('subjects:title');
  return {
    page: { title, width: 'full' },
    heading: { title, lead: t('subjects:list.lead'), links: [{ href: personPath, label: t('subjects:ask.person'), icon: 'person' }] },
    tiles: {
      label: t('subjects:list.tiles'),
      tiles: [
        { label: t('subjects:list.frozen'), count: frozen, href: addressOf({ q: '', frozen: true }), ...(frozen > 0 ? { tone: 'late' as const } : {}), note: t('subjects:list.frozenNote') },
        ...(corrections.path === null ? [] : [{ label: t('subjects:list.corrections'), count: corrections.count, href: corrections.path, ...(corrections.count > 0 ? { tone: 'soon' as const } : {}), note: t('subjects:list.correctionsNote') }]),
      ],
    },
    filter: {
      action: listPath,
      search: { kind: 'text', name: 'q', label: t('subjects:list.q'), hint: t('subjects:list.qHint'), value: filter.q, autocomplete: 'off' },
      fields: [],
      hidden: filter.frozen ? { frozen: '1' } : {},
      applied: filter.frozen ? [{ label: t('subjects:list.frozen'), removeHref: addressOf({ ...filter, frozen: false }) }] : [],
      ...(filter.q === '' && !filter.frozen ? {} : { clearHref: listPath }),
    },
    table: found && {
      caption: title,
      columns: [
        { key: 'name', label: t('subjects:name'), line: 1 },
        { key: 'standing', label: t('subjects:standingLabel'), line: 2, tight: true },
        { key: 'shown', label: t('subjects:list.shown'), align: 'end', line: 2, named: true },
      ],
      rows: found.rows.map((subject): Row => ({
        id: subject.id,
        ...(subject.frozen ? { tone: 'late' as const } : {}),
        cells: {
          name: { kind: 'link', href: `${listPath}/${subject.id}`, label: subject.name, ...(subject.uscc === null ? {} : { note: subject.uscc }) },
          standing: subject.frozen ? { kind: 'badge', badge: frozenBadge(t) } : subject.kind === 'organisation' ? { kind: 'badge', badge: livingBadge(subject.standing, t) } : t('subjects:person'),
          shown: { kind: 'number', text: format.count(subject.shown) },
        } satisfies Record<string, Cell>,
      })),
      empty: {
        title: t('subjects:list.nothingFound'),
        ...(filter.q === '' ? {} : { searched: [{ label: t('subjects:list.q'), value: filter.q }] }),
        hint: t('subjects:list.nothingHint'),
        links: [{ href: listPath, label: t('subjects:list.again') }],
      },
    },
    pager: found && found.rows.length > 0
      ? {
        text: found.total === null ? t('subjects:list.moreThan', { total: format.count(countedTo) }) : t('subjects:list.total', { total: format.count(found.total) }),
        ...(found.previous ? { previousHref: addressOf(filter, cursorOf(found.previous)) } : {}),
        ...(found.next ? { nextHref: addressOf(filter, cursorOf(found.next)) } : {}),
      }
      : null,
  };
}

export const crumbs = (t: Translate, subject: SubjectRow, more: readonly string[] = []): NonNullable<Page['crumbs']> => [
  { label: t('subjects:title'), href: listPath },
  ...(more.length === 0 ? [{ label: subject.name }] : [{ label: subject.name, href: `${listPath}/${subject.id}` }, ...more.map((label) => ({ label }))]),
];

export interface FormView {
  page: Page;
  heading: Heading;
  notice: Notice | null;
  errors: ErrorSummary;
  form: FormShell;
  fields: Field[];
  confirm: ConfirmBlock | null;
  buttons: ButtonRow;
}

/** Before a subject in which the reader's units have no part: why does he look? */
export function presentAsk(req: Request, subject: SubjectRow, form: Form): FormView {
  const { t } = req;
  const fields: Field[] = [{ kind: 'text', label: t('subjects:ask.reason'), hint: t('subjects:ask.reasonHint'), required: true, ...filled(form, 'reason') }];
  return {
    page: { title: subject.name, crumbs: crumbs(t, subject) },
    heading: { title: subject.name, ...(subject.uscc === null ? {} : { number: subject.uscc }), lead: t('subjects:ask.lead') },
    notice: null,
    errors: labelledSummary(form, fields, t),
    form: { action: `${listPath}/${subject.id}/queries`, warnWhenDirty: false },
    fields,
    confirm: null,
    buttons: { primary: { label: t('subjects:ask.send') }, cancel: { href: listPath, label: t('ui:form.cancel') } },
  };
}

/** An ID number on the way to its reason, with the letters in which an address may carry it. */
export interface Carried {
  readonly of: string;
  readonly number: string;
}

/** Before anything is said of a person: whom does the reader ask for, and why? */
export function presentAskPerson(req: Request, carried: Carried | null, form: Form): FormView {
  const { t } = req;
  const title = t('subjects:ask.person');
  const fields: Field[] = [
    ...(carried ? [] : [{ kind: 'text' as const, size: 'medium' as const, check: 'residentId' as const, autocomplete: 'off', label: t('subjects:ask.number'), required: true, ...filled(form, 'number') }]),
    { kind: 'text', label: t('subjects:ask.reason'), hint: t('subjects:ask.personHint'), required: true, ...filled(form, 'reason') },
  ];
  return {
    page: { title, crumbs: [{ label: t('subjects:title'), href: listPath }, { label: title }] },
    heading: { title, ...(carried ? { number: maskResidentId(carried.number) } : {}), lead: t('subjects:ask.personLead') },
    notice: null,
    errors: labelledSummary(form, fields, t),
    form: { action: personPath, warnWhenDirty: false, ...(carried ? { hidden: { of: carried.of } } : {}) },
    fields,
    confirm: null,
    buttons: { primary: { label: t('subjects:ask.send') }, cancel: { href: listPath, label: t('ui:form.cancel') } },
  };
}

export function presentCorrect(req: Request, subject: SubjectRow, form: Form, notice: Notice | null = null): FormView {
  const { t } = req;
  const title = t('subjects:correct.title');
  const fields: Field[] = [
    { kind: 'text', label: t('subjects:name'), hint: t('subjects:correct.nameHint'), required: true, ...filled(form, 'name') },
    { kind: 'text', size: 'medium', check: 'uscc', autocomplete: 'off', label: t('subjects:uscc'), required: true, ...filled(form, 'uscc') },
    { kind: 'radios', inline: true, label: t('subjects:standingLabel'), required: true, options: subjectStandings.map((value) => ({ value, label: t(`subjects:standing.${value}`) })), ...filled(form, 'standing') },
    { kind: 'text', size: 'medium', check: 'uscc', autocomplete: 'off', label: t('subjects:correct.successor'), hint: t('subjects:correct.successorHint'), unmarked: true, ...filled(form, 'successor') },
    { kind: 'text', size: 'medium', label: t('subjects:representative'), ...filled(form, 'representative') },
    { kind: 'textarea', rows: 2, limit: longestReason, label: t('subjects:reason'), hint: t('subjects:correct.reasonHint'), required: true, ...filled(form, 'reason') },
  ];
  return {
    page: { title, crumbs: crumbs(t, subject, [title]) },
    heading: { title, lead: subject.name },
    notice,
    errors: labelledSummary(form, fields, t),
    form: { action: `${listPath}/${subject.id}/correct`, seenVersion: subject.version },
    fields,
    confirm: { title, consequences: [t('subjects:correct.consequence'), ...(subject.frozen ? [t('subjects:correct.unfreezes')] : [])], mailTo: [], undo: { possible: true, text: t('subjects:correct.undo') } },
    buttons: { primary: { label: t('subjects:correct.send') }, cancel: { href: `${listPath}/${subject.id}`, label: t('ui:form.cancel') } },
  };
}

export interface ReportView {
  page: Page;
  document: DecisionDocument;
}

/** What a report says, as it is printed and as its digest covers it. */
export function presentReport(req: Request, { subject, records, number, reading }: { subject: SubjectRow; records: readonly PublicOfSubject[]; number: string; reading: Reading }): ReportView {
  const { t } = req;
  const moments = createMoments(t);
  const nameOf = unitNames(reading.units, req.locale);
  const office = reading.units.find(({ kind }) => kind === 'creditOffice');
  const line = ({ state: { facts, publicity, until }, repairableFrom }: PublicOfSubject, n: number): string => t('subjects:report.record', {
    n: n + 1, documentNo: maskText(facts.documentNo).masked, unit: nameOf(facts.unit, facts.decidedOn), date: moments.day(facts.decidedOn).text, kind: t(`records:kind.${facts.kind}`),
    class: t(`records:className.${publicity.class}`), because: becauseInWords(publicity, t), until: until === null ? t('records:term.untilCured') : moments.day(until).text,
    repair: repairableFrom === null ? t('records:term.noEarlyEnd') : t('subjects:report.repairable', { date: moments.day(repairableFrom).text }),
  });
  const paragraphs = [
    t('subjects:report.about', { name: subject.name, code: subject.uscc === null ? '' : t('subjects:report.code', { code: subject.uscc }), date: moments.day(reading.today).text }),
    ...(subject.frozen ? [t('subjects:report.frozen')] : records.length === 0 ? [t('subjects:report.none')] : records.map(line)),
    t('subjects:report.note'),
  ];
  return {
    page: { title: t('subjects:report.title'), crumbs: crumbs(t, subject, [t('subjects:report.title')]), printNumber: number },
    document: {
      agency: office === undefined ? '' : nameOf(office.id),
      number,
      title: t('subjects:report.title'),
      paragraphs: paragraphs.map((text) => ({ text: [{ text }] })),
      signature: office === undefined ? '' : nameOf(office.id),
      date: moments.day(reading.now),
    },
  };
}

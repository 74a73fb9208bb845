import type { Request } from 'express';
import { createMoments } from '../../platform/http/moments.ts';
import type { Cell, DataTable, Facts, FormShell, Heading, Notice, Page } from '../../platform/http/view-models.ts';
import type { Translate } from '../../platform/i18n.ts';
import type { SubjectRow } from '../../platform/records/subjects.ts';
import { maskText } from '../../rules/masking/index.ts';
import { standingOf } from '../../rules/records/file.ts';
import { classBadge, documentNoFor, enteringUnits, frozenBadge, nextInWords, standingBadge, unitNames, type Reading } from '../records/index.ts';
import { badgesOf, crumbs, listPath } from './presenter.ts';
import type { About } from './queries.ts';
import { pictureOf, type Picture } from './span.ts';

export interface ShowView {
  page: Page;
  heading: Heading;
  notices: Notice[];
  facts: Facts;
  records: DataTable;
  picture: (Picture & { label: string; key: string; firstText: string; lastText: string; rows: { label: string; href: string; text: string; bar: Picture['bars'][number] }[] }) | null;
  cases: DataTable;
  /** Letters of commitment, published with the repairs they were given for. */
  commitments: DataTable | null;
  history: DataTable | null;
  asked: DataTable;
  report: FormShell;
}

export interface ShowParts {
  readonly subject: SubjectRow;
  readonly about: About;
  readonly reading: Reading;
  /** The reader may correct it. */
  readonly corrects: boolean;
  /** Where the pages of a kind of case are; a kind without is named and not linked. */
  readonly casePath: (kind: string) => string | null;
}

/** What somebody wrote by hand: as it was written for the credit office, as in public for others. */
const asRead = ({ sight }: Reading, text: string): string => (sight.all ? text : maskText(text).masked);

function recordsTable(req: Request, { about, reading }: ShowParts): DataTable {
  const { t } = req;
  const nameOf = unitNames(reading.units, req.locale, 'short');
  return {
    caption: t('subjects:show.records'),
    columns: [
      { key: 'record', label: t('records:column.record'), line: 1 },
      { key: 'unit', label: t('records:unit'), line: 2 },
      { key: 'class', label: t('records:column.class'), line: 2, tight: true },
      { key: 'standing', label: t('records:column.standing'), line: 3, tight: true },
      { key: 'decidedOn', label: t('records:decidedOn'), tight: true },
      { key: 'coming', label: t('records:column.coming'), line: 3 },
    ],
    rows: about.records.map(({ id, state, frozen }) => ({
      id,
      cells: {
        record: { kind: 'link', href: `/records/${id}`, label: documentNoFor(reading, state), note: t(`records:kind.${state.facts.kind}`) },
        unit: nameOf(state.facts.unit, state.facts.decidedOn),
        class: { kind: 'badge', badge: classBadge(state.publicity.class, t) },
        standing: { kind: 'badge', badge: frozen ? frozenBadge(t) : standingBadge(standingOf(state), t) },
        decidedOn: { kind: 'when', when: createMoments(t).table(state.facts.decidedOn) },
        coming: nextInWords({ state, frozen }, reading.today, t),
      } satisfies Record<string, Cell>,
    })),
    empty: { title: t('subjects:show.noRecords') },
  };
}

/** Records that are or will be public, on one axis. */
function pictureIn(req: Request, { about, reading }: ShowParts): ShowView['picture'] {
  const { t } = req;
  const moments = createMoments(t);
  const shown = about.records.filter(({ state }) => state.status === 'published');
  if (shown.length === 0) return null;
  const picture = pictureOf(shown.map(({ state }) => state), reading.today);
  const day = (date: string | null): string => (date === null ? t('records:term.untilCured') : moments.table(date).text);
  return {
    ...picture,
    label: t('subjects:show.picture'),
    key: t('subjects:show.pictureKey', { date: moments.table(reading.today).text }),
    firstText: moments.table(picture.first).text,
    lastText: moments.table(picture.last).text,
    rows: shown.map(({ id, state }, n) => ({
      label: documentNoFor(reading, state),
      href: `/records/${id}`,
      text: t(state.publicity.minUntil === null ? 'subjects:show.termNoMin' : 'subjects:show.term', { start: day(state.publicity.start), min: day(state.publicity.minUntil), max: day(state.until) }),
      bar: picture.bars[n]!,
    })),
  };
}

function historyTable(req: Request, { about, reading }: ShowParts): DataTable | null {
  const { t } = req;
  if (about.changes.length === 0) return null;
  const moments = createMoments(t);
  const shown = (field: string, value: unknown): string =>
    field === 'standing' ? t(`subjects:standing.${String(value)}`)
    : field === 'frozen' ? t(`subjects:frozen.${String(value)}`)
    : typeof value === 'string' && value !== '' ? value : t('subjects:show.nothing');
  return {
    caption: t('subjects:show.history'),
    columns: [
      { key: 'what', label: t('subjects:show.change'), line: 1 },
      { key: 'reason', label: t('subjects:reason'), line: 2 },
      { key: 'by', label: t('subjects:show.by'), line: 3, tight: true },
      { key: 'at', label: t('subjects:show.at'), line: 3, tight: true },
    ],
    rows: about.changes.map(({ at, before, after, reason, name }) => ({
      cells: {
        what: { kind: 'lines', lines: Object.keys(after).map((field) => t('subjects:show.changeLine', { field: t(`subjects:field.${field}`), before: shown(field, before[field]), after: shown(field, after[field]) })) },
        reason: asRead(reading, reason),
        by: name ?? t('subjects:show.system'),
        at: { kind: 'when', when: moments.tableTime(at) },
      } satisfies Record<string, Cell>,
    })),
    empty: { title: '' },
  };
}

/** What the subject promised when a record of it was repaired, with the letter for those who handle the case. */
function commitmentsTable(req: Request, { about, casePath, reading }: ShowParts): DataTable | null {
  const { t } = req;
  if (about.commitments.length === 0) return null;
  const nameOf = unitNames(reading.units, req.locale, 'short');
  const path = casePath('repair');
  return {
    caption: t('subjects:show.commitments'),
    columns: [
      { key: 'letter', label: t('subjects:show.letter'), line: 1 },
      { key: 'unit', label: t('subjects:show.to'), line: 2 },
      { key: 'at', label: t('subjects:show.repairedOn'), line: 3, tight: true },
    ],
    rows: about.commitments.map(({ caseNo, documentNo, unit, at, letter }) => ({
      cells: {
        letter: letter === null || path === null
          ? { kind: 'lines', lines: [t('subjects:show.letterFor', { documentNo }), caseNo] }
          : { kind: 'link', href: `${path}/${caseNo}/files/${letter}`, label: t('subjects:show.letterFor', { documentNo }), note: caseNo },
        unit: nameOf(unit),
        at: { kind: 'when', when: createMoments(t).table(at) },
      } satisfies Record<string, Cell>,
    })),
    empty: { title: '' },
  };
}

/** 重码, with the case in which it is corrected where the reader sees that. */
function frozenNotice(t: Translate, { about, corrects, casePath }: ShowParts): Notice {
  const path = casePath('codeCorrection');
  const open = about.cases.find(({ kind, status }) => kind === 'codeCorrection' && status === 'open');
  return {
    tone: 'late', title: t('records:frozen'), text: t(corrects ? 'subjects:show.frozenYours' : 'subjects:show.frozen'),
    ...(open && path !== null ? { link: { href: `${path}/${open.caseNo}`, label: t('subjects:show.correction', { number: open.caseNo }) } } : {}),
  };
}

export function presentSubject(req: Request, parts: ShowParts): ShowView {
  const { t } = req;
  const { subject, about, reading, corrects, casePath } = parts;
  const moments = createMoments(t);
  const nameOf = unitNames(reading.units, req.locale, 'short');
  const names = [...new Set(about.changes.flatMap(({ before }) => (typeof before['name'] === 'string' ? [before['name']] : [])))].filter((name) => name !== subject.name);
  const enters = enteringUnits(reading.person).length > 0;
  const query = subject.uscc === null ? '' : `?${new URLSearchParams({ name: subject.name, code: subject.uscc }).toString()}`;
  return {
    page: { title: subject.name, crumbs: crumbs(t, subject), width: 'full' },
    heading: {
      title: subject.name,
      ...(subject.uscc === null ? {} : { number: subject.uscc }),
      badges: badgesOf(subject, t),
      links: [
        ...(enters ? [{ href: `/records/new${query}`, label: t('records:enter.title'), icon: 'plus' as const }] : []),
        ...(corrects && subject.kind === 'organisation' ? [{ href: `${listPath}/${subject.id}/correct`, label: t('subjects:correct.title'), icon: 'file' as const }] : []),
      ],
    },
    notices: [
      ...(subject.frozen ? [frozenNotice(t, parts)] : []),
      ...(about.more ? [{ tone: 'info' as const, text: t('subjects:show.more', { count: about.records.length }), link: { href: `/records?subject=${subject.id}`, label: t('subjects:show.allRecords') } }] : []),
    ],
    facts: {
      items: [
        { term: t('subjects:kindLabel'), value: t(`records:subjectKind.${subject.kind}`) },
        ...(subject.uscc === null ? [] : [{ term: t('subjects:uscc'), value: subject.uscc }]),
        ...(subject.representative === null ? [] : [{ term: t('subjects:representative'), value: subject.representative }]),
        ...(names.length === 0 ? [] : [{ term: t('subjects:formerNames'), value: { kind: 'lines' as const, lines: names } }]),
        { term: t('subjects:since'), value: { kind: 'when', when: moments.day(subject.created_at) } },
        ...about.relations.map(({ relation, outward, other, reason }) => ({
          term: t(`subjects:relation.${relation}.${outward ? 'outward' : 'inward'}`),
          value: { kind: 'link' as const, href: `${listPath}/${other.id}`, label: other.name, note: asRead(reading, reason) },
        })),
      ],
    },
    records: recordsTable(req, parts),
    picture: pictureIn(req, parts),
    cases: {
      caption: t('subjects:show.cases'),
      columns: [
        { key: 'case', label: t('subjects:show.case'), line: 1 },
        { key: 'status', label: t('records:column.standing'), line: 2, tight: true },
        { key: 'openedAt', label: t('subjects:show.openedAt'), line: 2, tight: true },
      ],
      rows: about.cases.map(({ kind, caseNo, title, status, openedAt }) => {
        const path = casePath(kind);
        return {
          cells: {
            case: path === null ? { kind: 'lines', lines: [title, caseNo] } : { kind: 'link', href: `${path}/${caseNo}`, label: title, note: caseNo },
            status: t(`subjects:show.status.${status}`),
            openedAt: { kind: 'when', when: moments.table(openedAt) },
          } satisfies Record<string, Cell>,
        };
      }),
      empty: { title: t('subjects:show.noCases') },
    },
    commitments: commitmentsTable(req, parts),
    history: historyTable(req, parts),
    asked: {
      caption: t('subjects:show.asked'),
      columns: [
        { key: 'who', label: t('subjects:show.by'), line: 1 },
        { key: 'reason', label: t('subjects:ask.reason'), line: 2 },
        { key: 'at', label: t('subjects:show.at'), line: 3, tight: true },
      ],
      rows: about.asked.map(({ at, unit, name, reason }) => ({
        cells: { who: { kind: 'lines', lines: [unit === null ? t('subjects:show.itself') : nameOf(unit, at), ...(name === null ? [] : [name])] }, reason: unit !== null && reading.sight.units.includes(unit) ? reason : asRead(reading, reason), at: { kind: 'when', when: moments.tableTime(at) } } satisfies Record<string, Cell>,
      })),
      empty: { title: t('subjects:show.nobodyAsked') },
    },
    report: { action: `${listPath}/${subject.id}/reports`, label: t('subjects:report.make'), warnWhenDirty: false },
  };
}

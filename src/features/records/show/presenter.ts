import type { Request } from 'express';
import { labelledSummary } from '../../../platform/http/forms.ts';
import { createMoments } from '../../../platform/http/moments.ts';
import type { Badge, Cell, ErrorSummary, Facts, Heading, Notice, Page, TermLine, TextComparison, Timeline } from '../../../platform/http/view-models.ts';
import { processWords } from '../../../platform/process-words.ts';
import { doubtsOf } from '../../../rules/records/bars.ts';
import { ownReason, standingOf, whatOf } from '../../../rules/records/file.ts';
import { publicStateOf, toldIn } from '../../../rules/records/public-state.ts';
import { comingOf } from '../../../rules/records/rows.ts';
import { factTexts } from '../enter/presenter.ts';
import { listPath } from '../list/filter.ts';
import { maskedBeside } from '../masking.ts';
import { enteringUnits, unitNames } from '../parts.ts';
import type { CaseAbout, OrderAbout, OrdersAbout, Proposal } from '../queries.ts';
import { presentService, type ServiceBlock } from '../service/presenter.ts';
import { becauseInWords, classBadge, comingInWords, frozenBadge, standingBadge, termLines } from '../words.ts';
import { panelsOf, type Panels } from './panels.ts';
import { withDocument, type ShowParts } from './show-parts.ts';
import { timelineOf } from './timeline.ts';

export interface ShowPage extends Panels {
  page: Page;
  heading: Heading;
  errors: ErrorSummary;
  notices: Notice[];
  facts: Facts;
  /** Beside what the public reads, for one who may read it as it was written; else what the public reads alone. */
  texts: TextComparison | null;
  /** Whether passages of the original may be marked here. */
  marks: boolean;
  masked: string[];
  publicity: Facts;
  terms: readonly TermLine[];
  /** Null for who reads only what the public does, and where nothing is served. */
  service: ServiceBlock | null;
  uses: Facts | null;
  cases: Facts | null;
  orders: Facts | null;
  proposals: Facts | null;
  timeline: Timeline;
}

/** What waits for a second person; of a withdrawal until when. */
function openNotice({ t }: Request, { act, by, due }: Proposal, now: Date): Notice {
  const moments = createMoments(t);
  const until = due && t(`records:proposal.${due.at < now ? 'late' : 'due'}`, { when: moments.dayTime(due.at).text, date: moments.day(due.knownOn).text });
  return { tone: due && due.at < now ? 'late' : 'soon', text: [t(`records:proposal.open.${act}`, { name: by.name }), ...(until ? [until] : [])].join(' ') };
}

/** What everybody should know first: held, marked, frozen, kept back, taken off. */
function noticesOf(req: Request, { record, keptBy, proposals, off, reading, names }: ShowParts): Notice[] {
  const { t } = req;
  const { state, frozen, subject } = record;
  const open = proposals.find(({ decided }) => decided === null);
  return [
    ...(frozen ? [{ tone: 'late' as const, title: t('records:frozen'), text: t('records:show.frozen'), link: { href: `/subjects/${subject.id}`, label: subject.name } }] : []),
    ...(off ? [{ tone: 'late' as const, title: t('records:show.offTitle'), text: t(off.decided ? 'records:show.staysOffText' : 'records:show.offText'), link: { href: off.caseNo === null ? '/takedowns' : `/takedowns/${off.caseNo}`, label: t('records:show.toTakedown') } }] : []),
    ...(open ? [openNotice(req, open, reading.now)] : []),
    ...Object.keys(state.marks).map((mark) => ({ tone: 'soon' as const, text: t(`records:show.marked.${mark}`) })),
    ...Object.keys(state.holds).map((hold) => ({ tone: 'soon' as const, text: t(`records:show.held.${hold}`) })),
    ...(state.minor ? [{ tone: 'late' as const, title: t('records:standing.withheld'), text: t('records:show.minor') }] : []),
    ...(state.waits && !state.minor ? [{ tone: 'soon' as const, title: t('records:standing.waiting'), text: t('records:show.waits', { count: doubtsOf(state.facts, { names, passages: state.passages ?? [] }).length }) }] : []),
    ...(state.status === 'stored' && !state.publicity.shown && !state.minor ? [{ tone: 'info' as const, text: t('records:show.keptBack') }] : []),
    ...(state.status === 'finalised' ? [{ tone: 'info' as const, title: t('records:standing.finalised'), text: state.reason ?? '' }] : []),
    ...(state.status === 'withdrawn' ? [{ tone: 'late' as const, title: t('records:standing.withdrawn'), text: state.reason ?? '' }] : []),
    ...(keptBy === null ? [] : [{ tone: 'info' as const, text: t('records:show.kept', { rule: keptBy }) }]),
  ];
}

/** Whoever works in the credit office takes a published text off at once. */
const mayTakeOff = ({ record: { state }, off, reading }: ShowParts): boolean => reading.sight.all && state.publishedAt !== null && off === null && ['published', 'withdrawn'].includes(state.status);

function proposalFacts(req: Request, proposals: readonly Proposal[]): Facts | null {
  const { t } = req;
  const moments = createMoments(t);
  const done = proposals.filter(({ decided }) => decided !== null);
  if (done.length === 0) return null;
  return {
    items: done.map(({ act, reason, document, by, at, decided }) => ({
      term: t('records:proposal.line', { act: t(`records:proposal.act.${act}`), name: by.name, date: moments.day(at).text }),
      value: { kind: 'lines', lines: [withDocument({ reason, document }, t), t(`records:proposal.${decided?.granted === true ? 'grantedBy' : 'refusedBy'}`, { name: decided?.name ?? '', date: moments.day(decided?.at ?? at).text }), ...(decided?.note ? [decided.note] : [])] },
      wide: true,
    })),
  };
}

function caseFact(req: Request, { kind, caseNo, title, status, openedAt }: CaseAbout, paths: ShowParts['casePaths']): { term: string; value: Cell; wide: true } {
  const { t } = req;
  const path = paths[kind];
  const term = t('records:show.caseLine', { kind: t(`records:caseKind.${kind}`), status: t(`subjects:show.status.${status}`), date: createMoments(t).table(openedAt).text });
  return { term, value: path === undefined ? { kind: 'lines', lines: [title, caseNo] } : { kind: 'link', href: `${path}/${caseNo}`, label: title, note: caseNo }, wide: true };
}

/** Each unit that was told, with its answer; what is written down and has no case yet comes first. */
function orderFacts(req: Request, { given, coming }: OrdersAbout, { reading, casePaths }: ShowParts): Facts | null {
  const { t } = req;
  if (given.length + coming.length === 0) return null;
  const moments = createMoments(t);
  const nameOf = unitNames(reading.units, req.locale);
  const standing = ({ kind, stage, status, deadlineAt, doneAt, outcome }: OrderAbout): string => {
    if (status === 'cancelled') return t('records:orders.cancelled');
    if (status === 'done') return t('records:orders.done', { outcome: t(processWords.outcome(kind, stage, outcome ?? '')), date: doneAt === null ? '' : moments.day(doneAt).text });
    if (deadlineAt === null) return t('records:orders.open');
    return t(`records:orders.${deadlineAt < reading.now ? 'late' : 'openUntil'}`, { date: moments.day(deadlineAt).text });
  };
  return {
    items: [
      ...coming.map((unit) => ({ term: nameOf(unit), value: t('records:orders.coming'), wide: true })),
      ...given.map((order) => ({
        term: nameOf(order.unit),
        value: { kind: 'link' as const, href: `${casePaths[order.kind] ?? ''}/${order.caseNo}`, label: t('records:orders.line', { stage: t(processWords.stage(order.kind, order.stage)), standing: standing(order) }), note: order.caseNo },
        wide: true,
      })),
    ],
  };
}

export function presentRecord(req: Request, parts: ShowParts): ShowPage {
  const { t } = req;
  const { record, reading, cases, off } = parts;
  const { state, frozen, subject } = record;
  const { facts, publicity } = state;
  const moments = createMoments(t);
  const nameOf = unitNames(reading.units, req.locale);
  const standing: Badge = off ? { label: t('records:show.offBadge'), tone: 'late' } : standingBadge(standingOf(state), t);
  const coming = frozen ? t('records:coming.frozen') : comingInWords(comingOf(state, reading.today), t);
  const fact = (term: string, value: Cell, wide = false) => ({ term, value, ...(wide ? { wide } : {}) });
  const { panels, closed } = panelsOf(req, parts);
  const fields = panels.find(({ act }) => act === parts.posted?.act)?.fields ?? [];
  const mayCorrect = enteringUnits(reading.person).includes(facts.unit) && state.status !== 'withdrawn';
  // The second person sees what is proposed as the public would read it.
  const open = parts.proposals.find(({ decided }) => decided === null)?.passages ?? [];
  const uses = Object.entries(state.uses);
  return {
    page: { title: facts.documentNo, crumbs: [{ label: t('records:title'), href: listPath }, { label: facts.documentNo }], printNumber: facts.documentNo },
    heading: {
      title: subject.name,
      number: facts.documentNo,
      badges: [classBadge(publicity.class, t), standing, ...(frozen ? [frozenBadge(t)] : [])],
      ...(coming === null ? {} : { lead: coming }),
      links: [
        { href: `/subjects/${subject.id}`, label: t('records:show.toSubject'), icon: 'person' },
        ...(mayTakeOff(parts) ? [{ href: `/takedowns/new?text=record:${record.id}`, label: t('records:show.takeOff'), icon: 'alert' as const }] : []),
        ...(reading.sight.all ? parts.reasons.filter(({ of }) => of !== ownReason && !of.endsWith(whatOf(''))).map(({ of }) => ({ href: `/takedowns/new?text=correction:${of}`, label: t('records:show.takeOffCorrection'), icon: 'alert' as const })) : []),
        ...(mayCorrect ? [{ href: `${listPath}/${record.id}/correct`, label: t('records:correct.title'), icon: 'file' as const }] : []),
      ],
    },
    errors: parts.posted ? labelledSummary(parts.posted.form, fields, t) : { errors: [] },
    notices: noticesOf(req, parts),
    facts: {
      items: [
        ...factTexts(req, facts, reading.units).map(({ term, text }) => fact(term, text)),
        ...(state.origin ? [fact(t('records:show.origin'), { kind: 'link', href: `${listPath}/${state.origin.record}`, label: t('records:show.originLink') })] : []),
      ],
    },
    texts: parts.asWritten ? maskedBeside(facts, { names: parts.names, passages: [...(state.passages ?? []), ...open] }, t) : null,
    marks: panels.some(({ act }) => act === 'look'),
    masked: parts.asWritten ? [] : [facts.act, facts.decision].flatMap((text) => text.split('\n')),
    publicity: {
      items: [
        fact(t('records:column.class'), { kind: 'badge', badge: classBadge(publicity.class, t) }),
        fact(t('records:why'), becauseInWords(publicity, t), true),
        fact(t('records:show.shownNow'), t(toldIn[publicStateOf(state, record, reading.today)] === 'record' ? 'records:show.yes' : 'records:show.no')),
        ...(state.publishedAt === null ? [] : [fact(t('records:show.publishedAt'), { kind: 'when', when: moments.tableTime(new Date(state.publishedAt)) })]),
        fact(t('records:show.version'), t('records:show.versionNo', { version: state.version })),
      ],
    },
    terms: termLines({ ...publicity, until: state.status === 'published' ? state.until : null, bannedUntil: record.bannedUntil, withdrawn: state.status === 'withdrawn' }, facts.domain, { ...reading, t }),
    service: parts.asWritten ? presentService(req, record, reading) : null,
    uses: uses.length === 0 ? null : { items: uses.map(([unit, use]) => fact(nameOf(unit, use.since), { kind: 'lines', lines: [use.measure, use.legalBasis, t('records:use.since', { date: moments.day(new Date(use.since)).text })] }, true)) },
    cases: cases.length === 0 ? null : { items: cases.map((about) => caseFact(req, about, parts.casePaths)) },
    orders: orderFacts(req, parts.orders, parts),
    proposals: proposalFacts(req, parts.proposals),
    timeline: timelineOf(req, parts),
    panels,
    closed,
  };
}

import { randomUUID } from 'node:crypto';
import type { Request } from 'express';
import { filled, newForm, valuesOf, labelledSummary, type Form } from '../../../platform/http/forms.ts';
import { createMoments } from '../../../platform/http/moments.ts';
import type {
  Badge, Cell, ConfirmBlock, ErrorSummary, Facts, Field, FormShell, Heading, Notice, Page, RadioField, TermLine, TextComparison, Timeline, TimelineEntry,
} from '../../../platform/http/view-models.ts';
import { processWords } from '../../../platform/process-words.ts';
import type { ChainedRecordEvent } from '../../../platform/records/events.ts';
import type { TakenOff } from '../../../platform/takedowns.ts';
import { doubtsOf } from '../../../rules/records/bars.ts';
import { applyToRecord, ownReason, standingOf, storedRecord, type OrderDocument, type RecordState } from '../../../rules/records/file.ts';
import { publicStateOf, toldIn } from '../../../rules/records/public-state.ts';
import { comingOf } from '../../../rules/records/rows.ts';
import { changesBetween, factTexts } from '../enter/presenter.ts';
import { listPath } from '../list/filter.ts';
import { maskedBeside, reasonBeside } from '../masking.ts';
import { enteringUnits, unitNames, type Reading } from '../parts.ts';
import type { CaseAbout, OrderAbout, OrdersAbout, Proposal, PublicReason } from '../queries.ts';
import { documentsInWords, howInWords, presentService, type ServiceBlock } from '../service/presenter.ts';
import { becauseInWords, classBadge, comingInWords, frozenBadge, standingBadge, termLines } from '../words.ts';
import type { WrittenRecord } from './as-read.ts';
import { disputes, disputesOn, holdsOn, isOrdered, isProposal, isTold, longestMeasure, longestReason, recordActs, targetOf, type RecordAct } from './forms.ts';
import { longestMore } from './look.ts';
import { mayAct, openOf } from './may.ts';

/** An act behind a line that opens. */
export interface ActPanel {
  readonly act: RecordAct;
  readonly title: string;
  readonly open: boolean;
  readonly form: FormShell;
  readonly fields: Field[];
  readonly confirm: ConfirmBlock;
  readonly button: { label: string; danger?: boolean };
  /** What is to be decided: who proposed it and why; of a look, each passage that is masked and each that is kept. */
  readonly proposed: Facts | null;
  /** A reason that everybody will read, before it is agreed to. */
  readonly comparison: TextComparison | null;
}

export interface ShowPage {
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
  panels: ActPanel[];
  closed: { title: string; reason: string }[];
}

export interface ShowParts extends WrittenRecord {
  readonly cases: readonly CaseAbout[];
  readonly orders: OrdersAbout;
  readonly casePaths: Readonly<Record<string, string>>;
  readonly reading: Reading;
  /** Whether what others wrote by hand stands here as it was written, or as the public reads it. */
  readonly asWritten: boolean;
  /** Names that are masked wherever they stand. */
  readonly names: readonly string[];
  readonly order: Timeline['order'];
  /** Reasons that everybody reads, or may have read. */
  readonly reasons: readonly PublicReason[];
  /** The take-down by which it is off now. */
  readonly off: TakenOff | null;
  /** What was posted in vain: which form it was, and what stood in it. */
  readonly posted: { readonly act: RecordAct; readonly form: Form } | null;
  /** The rule by which it is kept, by name and basis. */
  readonly keptBy: string | null;
}

/** Why, after the document that says so. */
function withDocument({ reason, document }: { reason: string; document?: OrderDocument | null | undefined }, t: Request['t']): string {
  return document ? t('records:byDocument', { no: document.no, date: createMoments(t).table(document.on).text, reason }) : reason;
}

/** What happened, in a few words; `before` is the state that it met. */
function said(req: Request, before: RecordState | null, { what, at }: ChainedRecordEvent, { reading, keptBy, asWritten }: ShowParts): Pick<TimelineEntry, 'what' | 'said' | 'changes'> {
  const { t } = req;
  const nameOf = unitNames(reading.units, req.locale, 'short');
  const key = `records:timeline.${what.type.slice('record.'.length)}`;
  const until = (day: string | null): string => (day === null ? t('records:term.untilCured') : createMoments(t).day(day).text);
  switch (what.type) {
    case 'record.stored':
      return { what: t(`${key}.${what.source}`), said: `${t(`records:className.${what.publicity.class}`)}${t('ui:common.colon')}${becauseInWords(what.publicity, t)}` };
    case 'record.corrected':
      return { what: t(key), said: what.reason, changes: before && asWritten ? changesBetween(req, before.facts, what.facts, reading.units) : [] };
    case 'record.published':
      return { what: t(`${key}.${what.by}`, { date: until(what.until) }), ...(what.reason === null ? {} : { said: what.reason }) };
    case 'record.marked':
      // An objection is named by its case, which stands among the cases; the others by their document.
      return { what: t(key, { mark: t(`records:mark.${what.mark}`) }), ...(what.mark === 'objection' ? {} : { said: what.because }) };
    case 'record.unmarked':
      return { what: t(key, { mark: t(`records:mark.${what.mark}`) }), said: what.result };
    case 'record.held':
    case 'record.unheld':
      return { what: t(key, { hold: t(`records:hold.${what.hold}`) }), said: withDocument(what, t) };
    case 'record.finalised':
      return { what: t(key), said: withDocument(what, t) };
    case 'record.used':
      return { what: t(key, { unit: nameOf(what.unit, at), measure: what.measure }), said: what.legalBasis };
    case 'record.released':
      return { what: t(key, { unit: nameOf(what.unit, at) }) };
    case 'record.served': {
      const { service, reason } = what;
      const written = !asWritten || service === null ? [reason ?? ''] : [howInWords(service, t), service.note, reason ?? ''];
      const name = what.corrects === null ? key : `${key}Corrected`;
      const told = service === null ? t(`${key}Not`) : t(name, { documents: documentsInWords(service, t), date: createMoments(t).day(service.servedOn).text });
      return { what: told, said: written.filter((line) => line !== '').join('\n') };
    }
    case 'record.kept':
      return { what: t(key), said: keptBy ?? what.rule };
    case 'record.looked':
      return { what: t(key), said: [...what.passages.map(({ text, as }) => t(`records:passage.${as}`, { text })), what.reason].join('\n') };
    case 'record.withheld':
      return { what: t(key) };
    case 'record.performed':
    case 'record.reasonMended':
    case 'record.unpublished':
    case 'record.withdrawn':
      return { what: t(key), said: what.reason };
    case 'record.restored':
      return { what: t(key, { date: until(what.until) }) };
    case 'record.ended':
    case 'record.repaired':
      return { what: t(key) };
  }
}

/** Half a minute between happening and recording is the machine's own; more means that it was written later. */
const writtenLaterMs = 30_000;

function timelineOf(req: Request, parts: ShowParts): Timeline {
  const moments = createMoments(req.t);
  const nameOf = unitNames(parts.reading.units, req.locale, 'short');
  let state: RecordState | null = null;
  const entries = parts.events.map((event): TimelineEntry => {
    const words = said(req, state, event, parts);
    // The state is folded in place, and what it was is compared with what comes.
    state = state === null ? storedRecord(parts.record.id, event) : applyToRecord(structuredClone(state), event);
    const { actor, at, recordedAt, seq } = event;
    const later = Date.parse(recordedAt) - Date.parse(at) > writtenLaterMs;
    return {
      id: `event-${seq}`,
      by: actor ? 'person' : 'system',
      ...(actor ? { who: actor.name, office: nameOf(actor.unit, at) } : {}),
      when: moments.tableTime(new Date(at)),
      ...(later ? { recorded: moments.tableTime(new Date(recordedAt)) } : {}),
      ...words,
    };
  });
  const href = `${listPath}/${parts.record.id}`;
  return {
    order: parts.order,
    switchHref: parts.order === 'newest' ? `${href}?order=oldest#timeline` : `${href}#timeline`,
    groups: [{ stage: req.t('records:show.fromBeginning'), open: true, entries: parts.order === 'newest' ? entries.toReversed() : entries }],
  };
}

/** What waits for a second person; of a withdrawal until when. */
function openNotice({ t }: Request, { act, by, due }: Proposal, now: Date): Notice {
  const moments = createMoments(t);
  const until = due && t(`records:proposal.${due.at < now ? 'late' : 'due'}`, { when: moments.dayTime(due.at).text, date: moments.table(due.knownOn).text });
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

/** A hold by what set it: the document, or the reason that was given. */
function holdInWords(because: string, events: readonly ChainedRecordEvent[], t: Request['t']): string {
  const held = events.findLast(({ what }) => what.type === 'record.held' && what.because === because)?.what;
  return held?.type === 'record.held' ? withDocument(held, t) : because;
}

/** A published reason by what it is the reason of. */
const reasonName = ({ of, at }: PublicReason, t: Request['t']): string => t(`records:act_.mendReason.${of === ownReason ? 'own' : 'correction'}`, { date: createMoments(t).table(at).text });

/** Where there is one to choose, it is chosen. */
const onlyOne = (field: RadioField): RadioField => (field.options.length === 1 && !field.value ? { ...field, value: field.options[0]!.value } : field);

function panelFields(act: RecordAct, req: Request, form: Form, { reading, record, proposals, events, reasons, names, posted }: ShowParts): Field[] {
  const { t } = req;
  const reason = (): Field => ({ kind: 'textarea', rows: 2, limit: longestReason, label: t('records:reason'), hint: t(`records:act_.${act}.reasonHint`), required: true, ...filled(form, 'reason'), id: `${act}-reason` });
  if (act === 'look') {
    const { facts, passages = [] } = record.state;
    const doubts = doubtsOf(facts, { names, passages });
    const known = [...passages.map(({ text }) => text), ...doubts.map(({ original }) => original)];
    // Whoever only goes on masks what is doubtful: nothing is shown by oversight.
    const masked = [...passages.flatMap(({ text, as }) => (as === 'masked' ? [text] : [])), ...doubts.map(({ original }) => original)];
    return [
      ...(known.length === 0 ? [] : [{ kind: 'checkboxes' as const, label: t('records:act_.look.doubts'), hint: t('records:act_.look.doubtsHint'), required: false, options: known.map((value) => ({ value, label: value })), ...filled(form, 'doubts'), values: posted?.act === 'look' ? valuesOf(form, 'doubts') : masked, name: 'doubts' }]),
      { kind: 'textarea', rows: 3, limit: longestMore, label: t('records:act_.look.more'), hint: t('records:act_.look.moreHint'), required: false, ...filled(form, 'more') },
      reason(),
    ];
  }
  if (isProposal(act)) {
    const hold = targetOf(act);
    return [
      ...(hold === null ? [] : [onlyOne({ kind: 'radios', label: t(`records:act_.${act}.target`), required: true, options: holdsOn(record.state, hold).map(({ name, because }) => ({ value: name, label: holdInWords(because, events, t) })), ...filled(form, 'target'), id: `${act}-target` })]),
      ...(isOrdered(act)
        ? [
            { kind: 'text' as const, label: t('records:document.no'), hint: t('records:document.noHint'), required: true, ...filled(form, 'documentNo'), id: `${act}-documentNo` },
            { kind: 'date' as const, label: t('records:document.on'), required: true, min: record.state.facts.decidedOn, max: reading.today, ...filled(form, 'documentOn'), id: `${act}-documentOn` },
          ]
        : []),
      ...(act === 'mendReason' ? [onlyOne({ kind: 'radios', label: t('records:act_.mendReason.target'), required: true, options: reasons.map((one) => ({ value: one.of, label: reasonName(one, t), hint: one.text })), ...filled(form, 'target'), id: 'mendReason-target' })] : []),
      ...(act === 'withdraw' ? [{ kind: 'date' as const, label: t('records:act_.withdraw.knownOn'), hint: t('records:act_.withdraw.knownOnHint'), required: true, min: record.state.facts.decidedOn, max: reading.today, ...filled(form, 'knownOn'), ...(form.values['knownOn'] === undefined ? { value: reading.today } : {}), id: 'withdraw-knownOn' }] : []),
      reason(),
    ];
  }
  switch (act) {
    case 'performed':
      return [reason()];
    case 'dispute':
    case 'settle': {
      const options = act === 'dispute'
        ? disputes.map((value) => ({ value, label: t(`records:mark.${value}`) }))
        : disputesOn(record.state).map(({ kind, because, name }) => ({ value: name, label: t('records:act_.settle.one', { mark: t(`records:mark.${kind}`), because }) }));
      return [onlyOne({ kind: 'radios', inline: act === 'dispute', label: t(`records:act_.${act}.mark`), required: true, options, ...filled(form, 'mark'), id: `${act}-mark` }), reason()];
    }
    case 'decide': {
      const open = proposals.find(({ decided }) => decided === null);
      return [
        { kind: 'radios', inline: true, label: t('records:proposal.verdict', { act: t(`records:proposal.act.${open?.act ?? 'publish'}`) }), required: true, options: ['granted', 'refused'].map((value) => ({ value, label: t(`records:proposal.${value}`) })), ...filled(form, 'verdict') },
        { kind: 'textarea', rows: 2, limit: longestReason, label: t('records:proposal.note'), ...filled(form, 'note') },
      ];
    }
    case 'use': {
      const nameOf = unitNames(reading.units, req.locale);
      const units = enteringUnits(reading.person).filter((unit) => record.state.uses[unit] === undefined);
      return [
        { kind: 'select', label: t('records:use.unit'), required: true, blank: false, options: units.map((value) => ({ value, label: nameOf(value) })), ...filled(form, 'unit') },
        { kind: 'text', label: t('records:use.measure'), hint: t('records:use.measureHint', { limit: longestMeasure }), required: true, ...filled(form, 'measure') },
        { kind: 'text', label: t('records:legalBasis'), hint: t('records:use.basisHint'), required: true, ...filled(form, 'legalBasis'), id: 'use-legalBasis' },
      ];
    }
  }
}

/** A proposal as the second person reads it before he decides. */
function proposedFacts({ t }: Pick<Request, 't'>, { reason, document, by, at, passages }: Proposal): Facts {
  const moments = createMoments(t);
  return {
    items: [
      { term: t('records:proposal.by'), value: t('records:proposal.byOn', { name: by.name, date: moments.table(at).text }) },
      ...(passages.length === 0 ? [] : [{ term: t('records:proposal.passages'), value: { kind: 'lines' as const, lines: passages.map(({ text, as }) => t(`records:passage.${as}`, { text })) }, wide: true }]),
      { term: t('records:proposal.reason'), value: withDocument({ reason, document }, t), wide: true },
    ],
  };
}

function panelsOf(req: Request, parts: ShowParts): Pick<ShowPage, 'panels' | 'closed'> {
  const { t } = req;
  const { record, proposals, reading, posted } = parts;
  const open = openOf(proposals);
  const panels: ActPanel[] = [];
  const closed: ShowPage['closed'] = [];
  for (const act of recordActs) {
    const may = mayAct(act, { state: record.state, proposals, reading, reasons: parts.reasons });
    if (may === null) continue;
    const title = act === 'decide' ? t(`records:proposal.decide.${open?.act ?? 'publish'}`) : t(`records:act_.${act}.title`);
    if (!may.ok) {
      closed.push({ title, reason: t(`records:no.${may.reason}`, { name: open?.by.name ?? '' }) });
      continue;
    }
    const form = posted?.act === act ? posted.form : newForm();
    panels.push({
      act,
      title,
      open: posted?.act === act || act === 'decide' || (act === 'look' && record.state.waits === true),
      form: { action: `${listPath}/${record.id}/${act}`, commandId: randomUUID(), label: title, ...(act === 'decide' && open ? { hidden: { proposal: open.id } } : isProposal(act) && isTold(act) ? { hidden: { do: 'preview' } } : {}) },
      comparison: act === 'decide' && open && isTold(open.act) ? reasonBeside(open.reason, { names: parts.names, passages: record.state.passages ?? [] }, t) : null,
      proposed: act === 'decide' && open ? proposedFacts(req, open) : null,
      fields: panelFields(act, req, form, parts),
      confirm: {
        title,
        consequences: [t(act === 'decide' ? `records:proposal.consequence.${open?.act ?? 'publish'}` : `records:act_.${act}.consequence`)],
        mailTo: act === 'decide' && open ? [t(`records:proposal.decidedMailTo.${open.act === 'withdraw' ? 'withdraw' : 'other'}`)] : isProposal(act) ? [t('records:proposal.mailTo')] : [],
        undo: { possible: (act === 'decide' ? open?.act : act) !== 'withdraw' && (act === 'decide' ? open?.act : act) !== 'finalise' && act !== 'performed' && act !== 'use', text: t(act === 'decide' ? `records:proposal.undo.${open?.act ?? 'publish'}` : `records:act_.${act}.undo`) },
      },
      button: { label: t(act === 'decide' ? 'records:proposal.send' : `records:act_.${act}.send`), ...(act === 'withdraw' ? { danger: true } : {}) },
    });
  }
  return { panels, closed };
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
      term: t('records:proposal.line', { act: t(`records:proposal.act.${act}`), name: by.name, date: moments.table(at).text }),
      value: { kind: 'lines', lines: [withDocument({ reason, document }, t), t(`records:proposal.${decided?.granted === true ? 'grantedBy' : 'refusedBy'}`, { name: decided?.name ?? '', date: moments.table(decided?.at ?? at).text }), ...(decided?.note ? [decided.note] : [])] },
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
    if (status === 'done') return t('records:orders.done', { outcome: t(processWords.outcome(kind, stage, outcome ?? '')), date: doneAt === null ? '' : moments.table(doneAt).text });
    if (deadlineAt === null) return t('records:orders.open');
    return t(`records:orders.${deadlineAt < reading.now ? 'late' : 'openUntil'}`, { date: moments.table(deadlineAt).text });
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
  const { record, reading, cases } = parts;
  const { state, frozen, subject } = record;
  const { facts, publicity } = state;
  const moments = createMoments(t);
  const nameOf = unitNames(reading.units, req.locale);
  const standing: Badge = standingBadge(standingOf(state), t);
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
        ...(reading.sight.all ? parts.reasons.filter(({ of }) => of !== ownReason).map(({ of }) => ({ href: `/takedowns/new?text=correction:${of}`, label: t('records:show.takeOffCorrection'), icon: 'alert' as const })) : []),
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
    terms: termLines({ ...publicity, until: state.status === 'published' ? state.until : null, bannedUntil: record.bannedUntil }, facts.domain, { ...reading, t }),
    service: parts.asWritten ? presentService(req, record, reading) : null,
    uses: uses.length === 0 ? null : { items: uses.map(([unit, use]) => fact(nameOf(unit, use.since), { kind: 'lines', lines: [use.measure, use.legalBasis, t('records:use.since', { date: moments.table(new Date(use.since)).text })] }, true)) },
    cases: cases.length === 0 ? null : { items: cases.map((about) => caseFact(req, about, parts.casePaths)) },
    orders: orderFacts(req, parts.orders, parts),
    proposals: proposalFacts(req, parts.proposals),
    timeline: timelineOf(req, parts),
    panels,
    closed,
  };
}

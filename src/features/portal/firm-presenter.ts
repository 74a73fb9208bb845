import type { Request } from 'express';
import { createMoments } from '../../platform/http/moments.ts';
import type { Act, Badge, Cell, DataTable, Heading, Link, Page } from '../../platform/http/view-models.ts';
import { isCourts } from '../../rules/records/facts.ts';
import { repairableTooLate, type PublicState } from '../../rules/records/public-state.ts';
import { awaitsNotice, servedDocuments, serviceOf } from '../../rules/records/service.ts';
import { standingBar } from './apply.ts';
import type { Binding } from './bindings.ts';
import type { OwnCase } from './cases.ts';
import type { DraftInList } from './drafts.ts';
import { crumbsOf } from './form-page.ts';
import { noticePath } from './notice-routes.ts';
import { ownPath, portalPath, progressPath } from './parts.ts';
import type { Enquiry, OwnRecord } from './records.ts';

type Reading = Pick<Request, 't' | 'locale'>;

const bindingTones: Readonly<Record<Binding['state'], Badge['tone']>> = { asked: 'soon', confirmed: 'done', refused: 'late', ended: 'plain' };

export interface HomeView {
  page: Page;
  heading: Heading;
  subjects: DataTable;
  /** What may be linked besides; the first is what most need. */
  add: Link[];
  drafts: DataTable | null;
  cases: DataTable;
  progress: Link;
}

/** What stands beside a binding: when it was asked for or came to be, why it was refused or ended. */
function noteOf({ t }: Reading, binding: Binding): string {
  const day = (at: Date): string => createMoments(t).table(at).text;
  if (binding.state === 'asked') return t('portal:binding.askedOn', { date: day(binding.askedAt) });
  if (binding.state === 'refused') return t('portal:binding.refusedFor', { date: day(binding.decidedAt ?? binding.askedAt), reason: binding.reason ?? '' });
  if (binding.state === 'ended') return t(`portal:binding.endedBy.${binding.endedHow ?? 'office'}`, { date: day(binding.endedAt ?? binding.askedAt), reason: binding.endReason ?? '' });
  return t(`portal:binding.since.${binding.source}`, { date: day(binding.decidedAt ?? binding.askedAt) });
}

function subjectsTable(req: Reading, bindings: readonly Binding[]): DataTable {
  const { t } = req;
  const links = (one: Binding): Link[] => {
    if (one.state === 'asked' || one.state === 'confirmed') return [{ href: `${portalPath}/bindings/${one.id}/end`, label: t(`portal:${one.state === 'asked' ? 'takeBack' : 'unbind'}.title`) }];
    const again = bindings.some(({ kind, uscc, state }) => kind === one.kind && uscc === one.uscc && (state === 'asked' || state === 'confirmed'));
    if (again) return [];
    return [one.kind === 'person'
      ? { href: `${portalPath}/self/new`, label: t('portal:binding.again') }
      : { href: `${portalPath}/firms/new?${new URLSearchParams({ uscc: one.uscc ?? '', name: one.name }).toString()}`, label: t('portal:binding.again') }];
  };
  return {
    caption: t('portal:subjects'),
    columns: [
      { key: 'name', label: t('portal:binding.whom'), line: 1 },
      { key: 'state', label: t('portal:binding.state'), line: 2, tight: true },
      { key: 'note', label: t('portal:binding.note'), line: 3 },
      { key: 'act', label: t('portal:binding.act'), line: 3 },
    ],
    rows: bindings.map((one) => ({
      cells: {
        name: one.state === 'confirmed'
          ? { kind: 'link', href: ownPath(one), label: one.name, ...(one.uscc === null ? { note: t('portal:binding.self') } : { note: one.uscc }) }
          : [one.name, one.uscc ?? t('portal:binding.self')].join(' '),
        state: { kind: 'badge', badge: { label: t(`portal:binding.${one.state}`), tone: bindingTones[one.state] } },
        note: noteOf(req, one),
        act: { kind: 'acts', acts: [], links: links(one) },
      },
    })),
    empty: { title: t('portal:noSubjects'), hint: t('portal:noSubjectsHint') },
  };
}

function draftsTable({ t }: Reading, drafts: readonly DraftInList[]): DataTable | null {
  if (drafts.length === 0) return null;
  const moments = createMoments(t);
  return {
    caption: t('portal:drafts'),
    columns: [
      { key: 'draft', label: t('portal:draft.what'), line: 1 },
      { key: 'saved', label: t('portal:draft.saved'), line: 2, named: true, tight: true },
      { key: 'act', label: t('portal:draft.act'), line: 3 },
    ],
    rows: drafts.map((one) => ({
      cells: {
        draft: { kind: 'link', href: `${portalPath}/records/${one.record}/${one.kind}`, label: t(`portal:apply.${one.kind}.title`), note: one.documentNo },
        saved: { kind: 'when', when: moments.tableTime(one.savedAt) },
        act: { kind: 'acts', acts: [{ action: `${portalPath}/records/${one.record}/${one.kind}/drop`, button: { label: t('portal:draft.drop') } }] },
      },
    })),
    empty: { title: '' },
  };
}

/** The visitor's own page: for whom he acts, what he has begun, his cases. */
export function presentHome(
  req: Reading,
  { bindings, cases, drafts }: { bindings: readonly Binding[]; cases: readonly OwnCase[]; drafts: readonly DraftInList[] },
): HomeView {
  const { t } = req;
  const moments = createMoments(t);
  const hasPerson = bindings.some(({ kind, state }) => kind === 'person' && (state === 'asked' || state === 'confirmed'));
  return {
    page: { title: t('portal:title') },
    heading: { title: t('portal:title'), lead: t('portal:lead') },
    subjects: subjectsTable(req, bindings),
    add: [
      { href: `${portalPath}/firms/new`, label: t('portal:bind.organisation.title') },
      ...(hasPerson ? [] : [{ href: `${portalPath}/self/new`, label: t('portal:bind.person.title') }]),
    ],
    drafts: draftsTable(req, drafts),
    cases: {
      caption: t('portal:cases'),
      columns: [
        { key: 'case', label: t('portal:case.case'), line: 1 },
        { key: 'step', label: t('portal:case.standing'), line: 2 },
        { key: 'opened', label: t('portal:case.opened'), line: 3, named: true, tight: true },
      ],
      rows: cases.map((one) => ({
        cells: {
          case: { kind: 'link', href: `${portalPath}/cases/${one.caseNo}`, label: one.title, note: one.caseNo },
          step: one.status === 'closed' ? t(`portal:outcome.${one.kind}.${one.outcome ?? 'withdrawn'}`) : t(`portal:onStep.${one.kind}.${one.step ?? 'accept'}`),
          opened: { kind: 'when', when: moments.table(one.openedAt) },
        },
      })),
      empty: { title: t('portal:noCases'), hint: t('portal:noCasesHint') },
    },
    progress: { href: progressPath, label: t('portal:progress.title') },
  };
}

export interface FirmView {
  page: Page;
  heading: Heading;
  records: { id: string; title: string; number: string; badge: Badge; lines: { term: string; text: string }[]; links: Link[] }[];
  none: string;
  next: string | null;
  enquiries: DataTable;
  report: Act;
}

/** What a record is called today, a term that is over included. */
export function standingWord({ t }: Pick<Reading, 't'>, record: OwnRecord): string {
  return t(`portal:standing.${record.off ? 'takenOff' : record.frozen ? 'frozen' : record.standing}`);
}

const standingTones: Readonly<Record<PublicState, Badge['tone']>> = {
  stored: 'plain', waiting: 'plain', withheld: 'plain', published: 'soon', marked: 'soon', suspended: 'plain', shielded: 'plain', ended: 'done', repaired: 'done', finalised: 'done', withdrawn: 'done', over: 'done', frozen: 'plain', takenOff: 'plain',
};

/** All that is recorded about the visitor's firm, free of charge, and who asked about it. */
export function presentFirm(
  req: Reading,
  { binding, records, nextHref, enquiries, today }: { binding: Binding; records: readonly OwnRecord[]; nextHref: string | null; enquiries: readonly Enquiry[]; today: string },
): FirmView {
  const { t, locale } = req;
  const moments = createMoments(t);
  const unitOf = (of: { unitName: string | null; unitNameEn: string | null }): string => (locale === 'en' ? of.unitNameEn : of.unitName) ?? '';
  const day = (date: string): string => moments.day(date).text;
  return {
    page: { title: binding.name, crumbs: crumbsOf(req, { label: binding.name }) },
    heading: { title: binding.name, ...(binding.uscc === null ? {} : { number: binding.uscc }), lead: t(`portal:firm.lead.${binding.kind}`) },
    records: records.map((record) => {
      const { facts, publicity, until } = record.state;
      const { standing } = record;
      const first = record.repairableFrom;
      return {
        id: record.id,
        title: t(`public:kind.${facts.kind}`),
        number: facts.documentNo,
        badge: { label: standingWord(req, record), tone: standingTones[standing] },
        lines: [
          { term: t('public:fact.unit'), text: unitOf(record) },
          { term: t('public:fact.decidedOn'), text: day(facts.decidedOn) },
          { term: t('public:fact.class'), text: t(`public:className.${publicity.class}`) },
          ...(record.public ? [{ term: t('public:fact.until'), text: until === null ? t('public:term.untilCured') : day(until) }] : []),
          ...(record.public ? [{ term: t('public:fact.repairableFrom'), text: first === null ? t('public:term.noEarlyEnd') : repairableTooLate(first, until) ? t('public:term.tooLate') : first <= today ? t('public:term.now') : day(first) }] : []),
          ...servedDocuments.flatMap((document) => {
            const service = serviceOf(record.state, document);
            return service ? [{ term: t(`portal:firm.served.${document}`), text: t(service.servedOn > today ? 'portal:firm.servedFrom' : 'portal:firm.servedOn', { date: day(service.servedOn) }) }] : [];
          }),
        ],
        links: [
          ...(awaitsNotice(record.state) || serviceOf(record.state, 'repairNotice') ? [{ href: noticePath(record.id), label: t('documents:notice.title') }] : []),
          ...(record.public && !isCourts(facts) ? [{ href: `${portalPath}/records/${record.id}/repair`, label: t('portal:apply.repair.title') }] : []),
          ...(standingBar('objection', record) ? [] : [{ href: `${portalPath}/records/${record.id}/objection`, label: t('portal:apply.objection.title') }]),
        ],
      };
    }),
    none: t(`portal:firm.none.${binding.kind}`),
    next: nextHref,
    report: { action: `${ownPath(binding)}/reports`, warnWhenDirty: false, button: { label: t('portal:firm.report'), icon: 'print' } },
    enquiries: {
      caption: t('portal:firm.enquiries'),
      columns: [
        { key: 'at', label: t('portal:firm.at'), line: 1, tight: true },
        { key: 'unit', label: t('portal:firm.who'), line: 2 },
        { key: 'reason', label: t('portal:firm.why'), line: 3 },
      ],
      rows: enquiries.map((one): { cells: Record<string, Cell> } => ({ cells: { at: { kind: 'when', when: moments.tableTime(one.at) }, unit: unitOf(one) || t('portal:firm.unknown'), reason: one.reason } })),
      empty: { title: t('portal:firm.noEnquiries') },
    },
  };
}

import type { Request } from 'express';
import { createMoments } from '../../platform/http/moments.ts';
import type { Badge, Cell, DataTable, Heading, Link, Page } from '../../platform/http/view-models.ts';
import type { RecordStanding } from '../../rules/records/file.ts';
import { awaitsNotice, servedDocuments, serviceOf } from '../../rules/records/service.ts';
import type { Binding } from './bindings.ts';
import type { OwnCase } from './cases.ts';
import { crumbsOf } from './form-page.ts';
import { noticePath } from './notice-routes.ts';
import { portalPath, progressPath } from './parts.ts';
import type { Enquiry, OwnRecord } from './records.ts';
import type { Visitor } from './visitors.ts';

type Reading = Pick<Request, 't' | 'locale'>;

const bindingTones: Readonly<Record<Binding['state'], Badge['tone']>> = { asked: 'soon', confirmed: 'done', refused: 'late' };

export interface HomeView {
  page: Page;
  heading: Heading;
  who: string;
  firms: DataTable;
  addFirm: Link;
  cases: DataTable;
  progress: Link;
}

/** The visitor's own page: his firms, his cases. */
export function presentHome(req: Reading, { visitor, bindings, cases }: { visitor: Visitor; bindings: readonly Binding[]; cases: readonly OwnCase[] }): HomeView {
  const { t } = req;
  const moments = createMoments(t);
  const title = t('portal:title');
  return {
    page: { title },
    heading: { title, lead: t('portal:lead') },
    who: t('portal:who', { mail: visitor.masked }),
    firms: {
      caption: t('portal:firms'),
      columns: [
        { key: 'name', label: t('public:name'), line: 1 },
        { key: 'state', label: t('portal:binding.state'), line: 2, tight: true },
        { key: 'note', label: t('portal:binding.note'), line: 3 },
      ],
      rows: bindings.map((one) => ({
        cells: {
          name: one.subject === null ? `${one.name} ${one.uscc}` : { kind: 'link', href: `${portalPath}/firms/${one.subject}`, label: one.name, note: one.uscc },
          state: { kind: 'badge', badge: { label: t(`portal:binding.${one.state}`), tone: bindingTones[one.state] } },
          note: one.state === 'refused' ? (one.reason ?? '') : moments.table(one.decidedAt ?? one.askedAt).text,
        },
      })),
      empty: { title: t('portal:noFirms'), hint: t('portal:noFirmsHint') },
    },
    addFirm: { href: `${portalPath}/firms/new`, label: t('portal:bind.title') },
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
}

const standingTones: Readonly<Record<RecordStanding, Badge['tone']>> = {
  stored: 'plain', published: 'soon', marked: 'soon', suspended: 'plain', shielded: 'plain', ended: 'done', repaired: 'done', withdrawn: 'done',
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
    heading: { title: binding.name, number: binding.uscc, lead: t('portal:firm.lead') },
    records: records.map((record) => {
      const { facts, publicity, until } = record.state;
      const over = record.standing === 'published' && !record.public && !record.frozen;
      const standing: RecordStanding = over ? 'ended' : record.standing;
      const first = publicity.repairableFrom;
      return {
        id: record.id,
        title: t(`public:kind.${facts.kind}`),
        number: facts.documentNo,
        badge: { label: t(`portal:standing.${record.frozen ? 'frozen' : standing}`), tone: standingTones[standing] },
        lines: [
          { term: t('public:fact.unit'), text: unitOf(record) },
          { term: t('public:fact.decidedOn'), text: day(facts.decidedOn) },
          { term: t('public:fact.class'), text: t(`public:className.${publicity.class}`) },
          ...(record.public ? [{ term: t('public:fact.until'), text: until === null ? t('public:term.untilCured') : day(until) }] : []),
          ...(record.public ? [{ term: t('public:fact.repairableFrom'), text: first === null ? t('public:term.noEarlyEnd') : first <= today ? t('public:term.now') : day(first) }] : []),
          ...servedDocuments.flatMap((document) => {
            const service = serviceOf(record.state, document);
            return service ? [{ term: t(`portal:firm.served.${document}`), text: t(service.servedOn > today ? 'portal:firm.servedFrom' : 'portal:firm.servedOn', { date: day(service.servedOn) }) }] : [];
          }),
        ],
        links: [
          ...(awaitsNotice(record.state) || serviceOf(record.state, 'repairNotice') ? [{ href: noticePath(record.id), label: t('documents:notice.title') }] : []),
          ...(record.public ? [{ href: `${portalPath}/records/${record.id}/repair`, label: t('portal:apply.repair.title') }] : []),
          ...(['ended', 'repaired', 'withdrawn'].includes(standing) ? [] : [{ href: `${portalPath}/records/${record.id}/objection`, label: t('portal:apply.objection.title') }]),
        ],
      };
    }),
    none: t('portal:firm.none'),
    next: nextHref,
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

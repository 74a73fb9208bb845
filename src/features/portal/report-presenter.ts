import type { Request } from 'express';
import { createMoments } from '../../platform/http/moments.ts';
import type { DecisionDocument, Page } from '../../platform/http/view-models.ts';
import { unitName, type Unit } from '../../platform/units.ts';
import type { Binding } from './bindings.ts';
import { standingWord } from './firm-presenter.ts';
import { crumbsOf } from './form-page.ts';
import { ownPath } from './parts.ts';
import type { Enquiry, OwnRecord } from './records.ts';

export interface OwnReportView {
  page: Page;
  document: DecisionDocument;
}

interface Reported {
  readonly binding: Binding;
  readonly records: readonly OwnRecord[];
  readonly more: boolean;
  readonly enquiries: readonly Enquiry[];
  readonly number: string;
  readonly office: Unit | undefined;
  readonly now: Date;
}

/** All that is recorded about a subject and who asked about it, for himself to print; its digest covers the document. */
export function presentOwnReport(req: Pick<Request, 't' | 'locale'>, { binding, records, more, enquiries, number, office, now }: Reported): OwnReportView {
  const { t, locale } = req;
  const moments = createMoments(t);
  const title = t(`portal:report.title.${binding.kind}`);
  const agency = office === undefined ? '' : unitName(office, locale);
  const nameOf = (of: { unitName: string | null; unitNameEn: string | null }): string => (locale === 'en' ? of.unitNameEn : of.unitName) ?? t('portal:firm.unknown');
  const paragraph = (text: string, heading?: string) => ({ ...(heading === undefined ? {} : { heading }), text: [{ text }] });
  const line = (record: OwnRecord, n: number): string => {
    const { facts, until } = record.state;
    const first = record.repairableFrom;
    return [
      t('portal:report.record', { n: n + 1, documentNo: facts.documentNo, unit: nameOf(record), date: moments.day(facts.decidedOn).text, kind: t(`public:kind.${facts.kind}`), standing: standingWord(req, record) }),
      ...(record.public ? [t('portal:report.until', { until: until === null ? t('public:term.untilCured') : moments.day(until).text, repair: first === null ? t('public:term.noEarlyEnd') : t('portal:report.repairable', { date: moments.day(first).text }) })] : []),
    ].join('');
  };
  const asked = (one: Enquiry): string => t('portal:report.enquiry', { at: moments.tableTime(one.at).text, unit: nameOf(one), reason: one.reason });
  const listed = (lines: string[], none: string, heading: string) => (lines.length === 0 ? [paragraph(none, heading)] : lines.map((text, n) => paragraph(text, n === 0 ? heading : undefined)));
  return {
    page: { title, crumbs: crumbsOf(req, { label: binding.name, href: ownPath(binding) }, { label: title }), printNumber: number },
    document: {
      agency,
      number,
      title,
      paragraphs: [
        paragraph(t('portal:report.about', { name: binding.name, code: binding.uscc === null ? '' : t('portal:report.code', { code: binding.uscc }), date: moments.day(now).text })),
        ...listed(records.map(line), t(`portal:firm.none.${binding.kind}`), t('portal:firm.records')),
        ...(more ? [paragraph(t('portal:report.more'))] : []),
        ...listed(enquiries.map(asked), t('portal:firm.noEnquiries'), t('portal:report.enquiries')),
        paragraph(t('portal:report.note')),
      ],
      signature: agency,
      date: moments.day(now),
    },
  };
}

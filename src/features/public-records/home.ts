import type { Request } from 'express';
import { createMoments } from '../../platform/http/moments.ts';
import type { FilterBar, Heading, IconName, Page } from '../../platform/http/view-models.ts';
import type { NewestOpinion } from '../disclosures/index.ts';
import { paths } from './parts.ts';

export interface HomeView {
  page: Page;
  heading: Heading;
  /** The first thing one comes for stands open. */
  search: FilterBar;
  ways: { href: string; title: string; text: string; icon: IconName }[];
  opinions: { href: string; title: string; note: string }[];
  more: { href: string; label: string };
}

/** What one comes for, and what was decided last. */
export function presentHome({ t, locale }: Pick<Request, 't' | 'locale'>, opinions: readonly NewestOpinion[]): HomeView {
  const moments = createMoments(t);
  const title = t('public:home.title');
  return {
    page: { title },
    heading: { title, lead: t('public:home.lead') },
    search: {
      action: paths.records,
      search: { kind: 'text', type: 'search', name: 'q', label: t('public:list.search'), hint: t('public:list.searchHint'), value: '', autocomplete: 'off' },
      fields: [],
      apply: t('public:list.apply'),
    },
    ways: [
      { href: `${paths.guide}#repair`, title: t('public:home.repair'), text: t('public:home.repairText'), icon: 'check' },
      { href: `${paths.guide}#objection`, title: t('public:home.objection'), text: t('public:home.objectionText'), icon: 'flag' },
      { href: paths.portal, title: t('portal:title'), text: t('public:home.portalText'), icon: 'person' },
      { href: paths.reports, title: t('public:report.title'), text: t('public:home.reportText'), icon: 'file' },
      { href: paths.corrections, title: t('public:correction.title'), text: t('public:home.correctionsText'), icon: 'book' },
      { href: paths.commitments, title: t('public:commitment.title'), text: t('public:home.commitmentsText'), icon: 'shield' },
    ],
    opinions: opinions.map((one) => ({
      href: `${paths.opinions}/${one.number}`, title: one.title, note: `${locale === 'en' ? one.unitNameEn : one.unitName} ${moments.table(one.publishedAt).text}`,
    })),
    more: { href: paths.opinions, label: t('public:home.allOpinions') },
  };
}

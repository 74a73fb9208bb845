import type { Request } from 'express';
import type { FilterBar, Heading, Notice, Page, When } from '../../platform/http/view-models.ts';
import { paths } from './parts.ts';

export interface ReportView {
  page: Page;
  heading: Heading;
  filter: FilterBar;
  answer: Notice | null;
}

/** Whether a report on paper was printed here: number, day, and yes or no. Whom it is about is not said. */
export function presentReport({ t }: Pick<Request, 't'>, asked: { number: string; madeOn: When | null } | null): ReportView {
  const title = t('public:report.title');
  return {
    page: { title, crumbs: [{ label: t('public:home.title'), href: paths.home }, { label: title }] },
    heading: { title, lead: t('public:report.lead') },
    filter: {
      action: paths.reports,
      search: { kind: 'text', type: 'search', name: 'number', label: t('public:report.number'), value: asked?.number ?? '', autocomplete: 'off' },
      fields: [],
      apply: t('public:report.apply'),
    },
    answer: asked === null ? null
      : asked.madeOn === null ? { tone: 'late', title: t('public:report.no'), text: t('public:report.noText', { number: asked.number }) }
      : { tone: 'done', title: t('public:report.yes'), text: t('public:report.yesText', { number: asked.number, day: asked.madeOn.text }) },
  };
}

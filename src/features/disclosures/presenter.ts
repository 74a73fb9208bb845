import type { Translate } from '../../platform/i18n.ts';
import { createMoments } from '../../platform/http/moments.ts';
import type { Badge, DataTable, DecisionDocument, Facts, FilterBar, Heading, Notice, Page, Pager } from '../../platform/http/view-models.ts';
import { officeOf, unitName, withMailbox, type Unit } from '../../platform/units.ts';
import { lastMomentOf } from '../../rules/incident/facts.ts';
import type { Locale } from '../../rules/people.ts';
import { countedTo, type DisclosurePage, type ShownDisclosure, type WholeDisclosure } from './queries.ts';

const listPath = '/public/opinions';

const badge = (disclosure: ShownDisclosure, t: Translate): Badge =>
  disclosure.status === 'published'
    ? { label: t('disclosures:status.published'), tone: 'done' }
    : { label: t('disclosures:status.withdrawn'), tone: 'late' };

const unitOf = (disclosure: ShownDisclosure, locale: Locale): string => (locale === 'en' ? disclosure.unitNameEn : disclosure.unitName);

export interface ListView {
  page: Page;
  heading: Heading;
  filter: FilterBar;
  table: DataTable;
  pager: Pager;
}

/** The list for everybody; `cursorOf` signs a position. */
export function presentList(
  found: DisclosurePage,
  { typed, t, locale, cursorOf }: { typed: string; t: Translate; locale: Locale; cursorOf: (position: DisclosurePage['next']) => string },
): ListView {
  const moments = createMoments(t);
  const address = (position: DisclosurePage['next']): string => {
    const query = new URLSearchParams({ ...(typed === '' ? {} : { q: typed }), from: cursorOf(position) });
    return `${listPath}?${query.toString()}`;
  };
  const title = t('disclosures:list.title');
  return {
    page: { title, width: 'full' },
    heading: { title, lead: t('disclosures:list.lead') },
    filter: {
      action: listPath,
      search: { kind: 'text', type: 'search', name: 'q', label: t('disclosures:list.search'), hint: t('disclosures:list.searchHint'), value: typed },
      fields: [],
      ...(typed === '' ? {} : { clearHref: listPath }),
    },
    table: {
      caption: title,
      columns: [
        { key: 'title', label: t('disclosures:column.title'), line: 1 },
        { key: 'unit', label: t('disclosures:column.unit'), line: 2 },
        { key: 'published', label: t('disclosures:column.published'), line: 3, named: true, tight: true },
        { key: 'until', label: t('disclosures:column.until'), tight: true },
        { key: 'status', label: t('disclosures:column.status'), line: 3, tight: true },
      ],
      rows: found.rows.map((row) => ({
        id: row.number,
        cells: {
          title: { kind: 'link', href: `${listPath}/${row.number}`, label: row.title, note: row.number },
          unit: unitOf(row, locale),
          published: { kind: 'when', when: moments.table(row.publishedAt) },
          until: { kind: 'when', when: moments.table(lastMomentOf(row.until)) },
          status: { kind: 'badge', badge: badge(row, t) },
        },
      })),
      empty:
        typed === ''
          ? { title: t('disclosures:list.none'), hint: t('disclosures:list.noneHint') }
          : {
              title: t('disclosures:list.notFound'),
              searched: [{ label: t('disclosures:list.search'), value: typed }],
              links: [{ href: listPath, label: t('disclosures:list.all') }],
            },
    },
    pager: {
      text: found.total > countedTo ? t('disclosures:list.moreThan', { total: countedTo }) : t('disclosures:list.total', { total: found.total }),
      ...(found.previous ? { previousHref: address(found.previous) } : {}),
      ...(found.next ? { nextHref: address(found.next) } : {}),
    },
  };
}

export interface OpinionView {
  page: Page;
  notice: Notice | null;
  document: DecisionDocument | null;
  heading: Heading | null;
  facts: Facts;
}

/** One opinion as a document; a withdrawn one says that it is, and why, and nothing of what it said. */
export function presentOpinion(disclosure: WholeDisclosure, { t, locale, units }: { t: Translate; locale: Locale; units: readonly Unit[] }): OpinionView {
  const moments = createMoments(t);
  const withdrawn = disclosure.status === 'withdrawn';
  const unit = unitOf(disclosure, locale);
  const office = officeOf(units);
  const isMasked = [disclosure.title, disclosure.text, disclosure.basis, disclosure.reason ?? ''].some((text) => text.includes('*'));
  return {
    page: {
      title: disclosure.title,
      crumbs: [{ label: t('disclosures:list.title'), href: listPath }, { label: disclosure.number }],
      printNumber: disclosure.number,
    },
    heading: withdrawn ? { title: disclosure.title, number: disclosure.number, badges: [badge(disclosure, t)] } : null,
    notice: withdrawn
      ? {
          tone: 'late',
          title: t('disclosures:withdrawn.title', { day: moments.day(disclosure.changedAt).text }),
          text: t('disclosures:withdrawn.text', { reason: disclosure.reason ?? '' }),
        }
      : null,
    document: withdrawn
      ? null
      : {
          agency: unit,
          number: disclosure.number,
          title: disclosure.title,
          paragraphs: disclosure.text.split(/\n+/u).map((text) => ({ text: [{ text }] })),
          signature: unit,
          date: moments.date(disclosure.publishedAt),
        },
    facts: {
      items: [
        { term: t('disclosures:column.unit'), value: unit },
        { term: t('disclosures:fact.basis'), value: disclosure.basis, wide: true },
        { term: t('disclosures:fact.published'), value: { kind: 'when', when: moments.day(disclosure.publishedAt) } },
        { term: t('disclosures:fact.until'), value: { kind: 'when', when: moments.day(lastMomentOf(disclosure.until)) } },
        ...(isMasked ? [{ term: t('disclosures:fact.masked'), value: t('disclosures:fact.maskedText') }] : []),
        {
          term: t('disclosures:fact.remedy'),
          value: t('disclosures:fact.remedyText', {
            unit: withMailbox(t, unit, units.find(({ id }) => id === disclosure.unit)?.mailbox),
            office: withMailbox(t, office ? unitName(office, locale) : t('public:creditOffice'), office?.mailbox),
          }),
          wide: true,
        },
      ],
    },
  };
}

import type { Request, Router } from 'express';
import type { Knex } from 'knex';
import { z } from 'zod';
import type { Ground } from '../../platform/http/feature.ts';
import { createMoments } from '../../platform/http/moments.ts';
import type { DataTable, FilterBar, Heading, Page } from '../../platform/http/view-models.ts';
import type { Law, ReadLaw } from '../../platform/law.ts';
import { casePath, processWords } from '../../platform/process-words.ts';
import { unitName, type Unit } from '../../platform/units.ts';
import { sightOf, visibleCases, type Sight } from '../../platform/visibility.ts';
import { dateAt, dueAfter } from '../../rules/calendar/index.ts';
import { termOf } from '../../rules/limits/index.ts';

export const faultsPath = '/supervision/faults';

/** Cases of one unit beyond this number are not listed. */
const mostCases = 200;

/** So many errors of a source unit: records of its own that an objection found to be wrong. */
interface UnitFaults {
  readonly unit: string;
  readonly corrected: number;
  readonly removed: number;
  readonly latest: Date;
}

interface FaultCase {
  readonly caseNo: string;
  readonly title: string;
  readonly outcome: string | null;
  readonly step: string | null;
  readonly ground: string;
  readonly openedAt: Date;
}

/** The begin of the window of `objection.fault-window`, that ends now. */
export function faultsSince({ rules, calendar }: Law, now: Date): Date {
  const term = termOf(rules.on('objection.fault-window', dateAt(calendar, now.getTime())));
  // A window back is as long as the same term ahead.
  const length = term === null ? 0 : dueAfter(calendar, now.getTime(), term.n, term.unit, { shift: false }).at - now.getTime();
  return new Date(now.getTime() - length);
}

const counted = (knex: Knex, sight: Sight, since: Date): Knex.QueryBuilder => {
  const { sql, bindings } = visibleCases(sight, 'o.case_id');
  return knex('objection as o').whereNotNull('o.fault_of').where('o.opened_at', '>=', since).whereRaw(sql, bindings);
};

/** Errors counted against each source unit since then, the most first. What is decided counts, whether it is corrected yet or not. */
export async function readFaults(knex: Knex, sight: Sight, since: Date): Promise<UnitFaults[]> {
  const rows: { unit: string; corrected: string; removed: string; latest: Date }[] = await counted(knex, sight, since)
    .groupBy('o.fault_of')
    .select(
      'o.fault_of as unit',
      knex.raw(`count(*) filter (where o.outcome is distinct from 'upheldRemove') as corrected`),
      knex.raw(`count(*) filter (where o.outcome = 'upheldRemove') as removed`),
      knex.raw('max(o.opened_at) as latest'),
    );
  return rows
    .map((row) => ({ ...row, corrected: Number(row.corrected), removed: Number(row.removed) }))
    .toSorted((a, b) => b.corrected + b.removed - (a.corrected + a.removed) || (a.unit < b.unit ? -1 : 1));
}

async function readCases(knex: Knex, sight: Sight, since: Date, unit: string): Promise<FaultCase[]> {
  const rows: { case_no: string; title: string; outcome: string | null; step: string | null; ground: string; opened_at: Date }[] = await counted(knex, sight, since)
    .where('o.fault_of', unit).orderBy('o.opened_at', 'desc').limit(mostCases)
    .select('o.case_no', 'o.title', 'o.outcome', 'o.step', 'o.ground', 'o.opened_at');
  return rows.map(({ case_no: caseNo, opened_at: openedAt, ...row }) => ({ ...row, caseNo, openedAt }));
}

interface FaultsView {
  page: Page;
  heading: Heading;
  filter: FilterBar;
  units: DataTable;
  cases: DataTable | null;
}

function present({ t, locale }: Request, of: { faults: readonly UnitFaults[]; cases: readonly FaultCase[] | null; unit: string | null; units: readonly Unit[]; since: Date }): FaultsView {
  const { faults, cases, unit, units, since } = of;
  const moments = createMoments(t);
  const nameOf = (id: string): string => {
    const found = units.find((one) => one.id === id);
    return found ? unitName(found, locale, 'short') : id;
  };
  const title = t('supervision:faults.title');
  return {
    page: { title, crumbs: [{ label: t('supervision:title'), href: '/supervision' }, { label: title }] },
    heading: { title, lead: t('supervision:faults.lead', { date: moments.day(since).text }) },
    filter: {
      action: faultsPath,
      fields: [{ kind: 'select', name: 'unit', label: t('supervision:column.unit'), value: unit ?? '', blank: t('supervision:filter.allUnits'), options: faults.map((one) => ({ value: one.unit, label: nameOf(one.unit) })) }],
      ...(unit === null ? {} : { clearHref: faultsPath }),
    },
    units: {
      caption: t('supervision:faults.byUnit'),
      columns: [
        { key: 'unit', label: t('supervision:column.unit'), line: 1 },
        { key: 'count', label: t('supervision:faults.count'), align: 'end', line: 2, named: true },
        { key: 'corrected', label: t('supervision:faults.corrected'), align: 'end', line: 2, named: true },
        { key: 'removed', label: t('supervision:faults.removed'), align: 'end', line: 2, named: true },
        { key: 'latest', label: t('supervision:faults.latest'), line: 3, named: true, tight: true },
      ],
      rows: faults.map((one) => ({
        cells: {
          unit: { kind: 'link', href: `${faultsPath}?${new URLSearchParams({ unit: one.unit }).toString()}`, label: nameOf(one.unit) },
          count: { kind: 'number', text: String(one.corrected + one.removed) },
          corrected: { kind: 'number', text: String(one.corrected) },
          removed: { kind: 'number', text: String(one.removed) },
          latest: { kind: 'when', when: moments.table(one.latest) },
        },
      })),
      empty: { title: t('supervision:faults.none') },
    },
    cases: cases && {
      caption: t('supervision:faults.cases', { unit: nameOf(unit ?? '') }),
      columns: [
        { key: 'case', label: t('supervision:column.case'), line: 1 },
        { key: 'ground', label: t('objections:fact.ground'), line: 2 },
        { key: 'standing', label: t('supervision:column.stage'), line: 2 },
        { key: 'opened', label: t('objections:openedAt'), line: 3, tight: true },
      ],
      rows: cases.map((one) => ({
        cells: {
          case: { kind: 'link', href: casePath('objection', one.caseNo), label: one.title, note: one.caseNo },
          ground: t(`objections:ground.${one.ground}`),
          standing: one.outcome === null ? t(processWords.step('objection', one.step ?? 'correct')) : t(processWords.closing('objection', one.outcome)),
          opened: { kind: 'when', when: moments.table(one.openedAt) },
        },
      })),
      empty: { title: t('supervision:faults.none') },
    },
  };
}

const filterSchema = z.object({ unit: z.string().regex(/^[a-z][a-z0-9-]{1,30}$/).nullable().catch(null) });

/** `/faults`: errors counted against the units whose records an objection found to be wrong. */
export function faultRoutes(router: Router, { knex, clock, units }: Ground, readLaw: ReadLaw): void {
  router.get('/faults', async (req, res) => {
    const [law, all] = await Promise.all([readLaw(), units.all()]);
    const sight = sightOf(req.user!, all);
    const since = faultsSince(law, clock());
    const { unit } = filterSchema.parse(req.query);
    const [faults, cases] = await Promise.all([readFaults(knex, sight, since), unit === null ? null : readCases(knex, sight, since, unit)]);
    res.render('supervision/faults', present(req, { faults, cases, unit, units: all, since }));
  });
}

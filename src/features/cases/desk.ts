import type { Request, Router } from 'express';
import type { Knex } from 'knex';
import { z } from 'zod';
import { createDeadlineChips } from '../../platform/http/deadline-chips.ts';
import type { Ground } from '../../platform/http/feature.ts';
import { createFormat } from '../../platform/http/format.ts';
import { createMoments } from '../../platform/http/moments.ts';
import type { Cell, DataTable, FilterBar, Heading, Row } from '../../platform/http/view-models.ts';
import type { ReadLaw } from '../../platform/law.ts';
import { casePath, processWords } from '../../platform/process-words.ts';
import { unitName, type Unit } from '../../platform/units.ts';
import { sightOf, visibleCases, type Sight } from '../../platform/visibility.ts';
import type { Calendar } from '../../rules/calendar/index.ts';
import type { CaseKind } from '../../rules/casefile/types.ts';
import { processes } from '../../rules/processes.ts';
import { searchCondition } from './search.ts';

/** A desk is a list of one kind of case by state, unit and deadline. */
export interface DeskOf {
  readonly kind: Exclude<CaseKind, 'incident'>;
  /** Namespace of its words. */
  readonly words: string;
  staffOf(req: Request): Express.User;
  /** The way to enter a new one, where staff do. */
  readonly newHref?: string;
}

interface Filter {
  readonly q: string;
  /** `open`, `closed`, or a step. */
  readonly state: string | null;
  readonly unit: string | null;
  readonly late: boolean;
}

const schemaOf = (states: readonly string[]) =>
  z.object({
    q: z.string().transform((typed) => typed.normalize('NFKC').trim().slice(0, 100)).catch(''),
    state: z.string().refine((value) => states.includes(value)).nullable().catch(null),
    unit: z.string().regex(/^[a-z][a-z0-9-]{1,30}$/).nullable().catch(null),
    late: z.enum(['1']).transform(() => true).catch(false),
  });

const position = z.object({ at: z.iso.datetime(), id: z.uuid() });
type Position = z.infer<typeof position>;

const pageSize = 50;
/** Beyond this a total is said as "more than": counting every row would cost more than the page. */
const countedTo = 1000;

interface Listed {
  case_id: string;
  case_no: string;
  title: string;
  status: 'open' | 'closed';
  step: string | null;
  outcome: string | null;
  unit: string;
  due_at: Date | null;
  opened_at: Date;
}

function filtered(knex: Knex, table: string, sight: Sight, { q, state, unit, late }: Filter, now: Date): Knex.QueryBuilder {
  const visible = visibleCases(sight, 'i.case_id');
  const query = knex(`${table} as i`).whereRaw(visible.sql, visible.bindings);
  if (q !== '') {
    const search = searchCondition(q);
    void (search ? query.whereRaw(search.sql, search.bindings) : query.whereRaw('false'));
  }
  if (state === 'closed') void query.where('i.status', 'closed');
  else if (state !== null || late) void query.where('i.status', 'open');
  if (state !== null && state !== 'open' && state !== 'closed') void query.where('i.step', state);
  if (unit !== null) void query.where('i.unit', unit);
  if (late) void query.where('i.due_at', '<', now);
  return query;
}

async function list(knex: Knex, query: Knex.QueryBuilder, from: Position | null): Promise<{ rows: Listed[]; next: Position | null }> {
  if (from) void query.whereRaw('i.opened_at <= ?::timestamptz and (i.opened_at <> ?::timestamptz or i.case_id > ?::uuid)', [from.at, from.at, from.id]);
  const rows: Listed[] = await query
    .orderBy([{ column: 'i.opened_at', order: 'desc' }, { column: 'i.case_id', order: 'asc' }])
    .limit(pageSize + 1)
    .select(['case_id', 'case_no', 'title', 'status', 'step', 'outcome', 'unit', 'due_at', 'opened_at'].map((column) => `i.${column}`));
  const shown = rows.slice(0, pageSize);
  const last = shown.at(-1);
  return { rows: shown, next: rows.length > pageSize && last ? { at: last.opened_at.toISOString(), id: last.case_id } : null };
}

async function count(knex: Knex, query: Knex.QueryBuilder): Promise<number> {
  const counted = await knex.count<{ total: string }[]>('* as total').from(query.select('i.case_id').limit(countedTo + 1).as('counted')).first();
  return Number(counted?.total ?? 0);
}

interface DeskParts {
  of: DeskOf;
  filter: Filter;
  found: { rows: Listed[]; next: Position | null };
  counts: { open: number; late: number };
  units: readonly Unit[];
  calendar: Calendar;
  now: Date;
  nextHref: string | null;
}

function addressOf(path: string, filter: Partial<Filter>, more: Readonly<Record<string, string>> = {}): string {
  const query = new URLSearchParams();
  for (const name of ['q', 'state', 'unit'] as const) if (filter[name]) query.set(name, filter[name]);
  if (filter.late) query.set('late', '1');
  for (const [name, value] of Object.entries(more)) query.set(name, value);
  return query.size === 0 ? path : `${path}?${query.toString()}`;
}

const pathOf = ({ kind }: DeskOf): string => casePath(kind, '').replace(/\/$/u, '');

function tableOf(req: Request, { of, found, filter, units, calendar, now }: DeskParts): DataTable {
  const { t, locale } = req;
  const chips = createDeadlineChips({ t, calendar, now });
  const moments = createMoments(t);
  const none: Cell = { kind: 'none' };
  const nameOf = (id: string): string => {
    const unit = units.find((one) => one.id === id);
    return unit ? unitName(unit, locale, 'short') : id;
  };
  const standing = ({ status, step, outcome }: Listed): string =>
    status === 'closed' ? t('incidents:closedAs', { outcome: t(processWords.closing(of.kind, outcome ?? '')) }) : step === null ? t('incidents:beginning') : t(processWords.step(of.kind, step));
  return {
    caption: t(`${of.words}:title`),
    columns: [
      { key: 'case', label: t(`${of.words}:one`), line: 1 },
      { key: 'state', label: t('incidents:column.step'), line: 2 },
      { key: 'unit', label: t(`${of.words}:unit`), line: 2, named: true },
      { key: 'deadline', label: t('incidents:column.deadline'), line: 3, tight: true },
      { key: 'openedAt', label: t(`${of.words}:openedAt`), tight: true },
    ],
    rows: found.rows.map((row): Row => {
      const chip = row.due_at === null ? null : chips.listed({ at: row.due_at, provisional: false });
      return {
        id: row.case_no,
        ...(chip?.state === 'late' ? { tone: 'late' } : chip?.state === 'soon' ? { tone: 'soon' } : {}),
        cells: {
          case: { kind: 'link', href: casePath(of.kind, row.case_no), label: row.title, note: row.case_no },
          state: standing(row),
          unit: nameOf(row.unit),
          deadline: chip === null ? none : { kind: 'deadline', deadline: chip },
          openedAt: { kind: 'when', when: moments.table(row.opened_at) },
        },
      };
    }),
    empty: addressOf('', filter) === ''
      ? { title: t(`${of.words}:none`), hint: t(`${of.words}:noneHint`) }
      : { title: t(`${of.words}:nothingFound`), hint: t('incidents:list.nothingHint'), links: [{ href: pathOf(of), label: t(`${of.words}:showAll`) }] },
  };
}

function filterBar(req: Request, { of, filter, units }: DeskParts): FilterBar {
  const { t, locale } = req;
  const path = pathOf(of);
  const word = (state: string): string => (state === 'open' || state === 'closed' ? t(`incidents:standing.${state}`) : t(processWords.step(of.kind, state)));
  const unit = units.find(({ id }) => id === filter.unit);
  const set = [
    ...(filter.q === '' ? [] : [{ label: t('incidents:applied.q', { q: filter.q }), without: { q: '' } }]),
    ...(filter.state === null ? [] : [{ label: word(filter.state), without: { state: null } }]),
    ...(filter.unit === null ? [] : [{ label: unit ? unitName(unit, locale, 'short') : filter.unit, without: { unit: null } }]),
    ...(filter.late ? [{ label: t('incidents:late'), without: { late: false } }] : []),
  ];
  return {
    action: path,
    search: { kind: 'text', name: 'q', label: t(`${of.words}:search`), value: filter.q, autocomplete: 'off' },
    fields: [
      {
        kind: 'select', name: 'state', label: t('incidents:column.step'), value: filter.state ?? '', blank: t('incidents:filter.all'),
        options: ['open', ...processes[of.kind].steps, 'closed'].map((value) => ({ value, label: word(value) })),
      },
      {
        kind: 'select', name: 'unit', label: t(`${of.words}:unit`), value: filter.unit ?? '', blank: t('incidents:filter.all'),
        options: units.filter(({ active, kind }) => active && kind !== 'city').map((one) => ({ value: one.id, label: unitName(one, locale, 'short') })),
      },
      { kind: 'check', name: 'late', label: t('incidents:filter.late'), value: '1', checked: filter.late },
    ],
    applied: set.map(({ label, without }) => ({ label, removeHref: addressOf(path, { ...filter, ...without }) })),
    ...(set.length > 0 ? { clearHref: path } : {}),
  };
}

function presentDesk(req: Request, parts: DeskParts) {
  const { t, locale } = req;
  const { of, counts, found, nextHref } = parts;
  const path = pathOf(of);
  const format = createFormat(locale);
  const tile = (label: string, total: number, filter: Partial<Filter>, tone?: 'late') => ({
    label, count: Math.min(total, countedTo), href: addressOf(path, filter), ...(total > countedTo ? { note: t('incidents:list.orMore') } : {}), ...(tone ? { tone } : {}),
  });
  const heading: Heading = {
    title: t(`${of.words}:title`),
    ...(of.newHref === undefined ? {} : { links: [{ href: of.newHref, label: t(`${of.words}:new`), icon: 'plus', primary: true }] }),
  };
  return {
    page: { title: heading.title, width: 'full' },
    heading,
    tiles: { label: t(`${of.words}:tiles`), tiles: [tile(t('incidents:standing.open'), counts.open, { state: 'open' }), tile(t('incidents:late'), counts.late, { late: true }, 'late')] },
    filter: filterBar(req, parts),
    notice: null,
    table: tableOf(req, parts),
    pager: { text: found.rows.length === 0 ? '' : t(`${of.words}:shown`, { count: found.rows.length, total: format.count(found.rows.length) }), ...(nextHref === null ? {} : { nextHref }) },
  };
}

/** The list at `/`, 50 rows a page. */
export function deskRoutes(router: Router, { ground, readLaw }: { ground: Ground; readLaw: ReadLaw }, of: DeskOf): void {
  const { knex, cursors, clock } = ground;
  const { listTable: table, steps } = processes[of.kind];
  const schema = schemaOf(['open', 'closed', ...steps]);
  const cursor = `${table}:opened`;
  router.get('/', async (req, res) => {
    const person = of.staffOf(req);
    const filter = schema.parse(req.query);
    const now = clock();
    const units = await ground.units.all();
    const sight = sightOf(person, units);
    const from = cursors.decode(cursor, req.query['page'], position) ?? null;
    const none: Filter = { q: '', state: 'open', unit: null, late: false };
    const [{ calendar }, found, open, late] = await Promise.all([
      readLaw(),
      list(knex, filtered(knex, table, sight, filter, now), from),
      count(knex, filtered(knex, table, sight, none, now)),
      count(knex, filtered(knex, table, sight, { ...none, late: true }, now)),
    ]);
    const nextHref = found.next && addressOf(pathOf(of), filter, { page: cursors.encode(cursor, found.next) });
    res.render('cases/list', presentDesk(req, { of, filter, found, counts: { open, late }, units, calendar, now, nextHref }));
  });
}

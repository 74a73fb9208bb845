import { Router, type Request } from 'express';
import type { Knex } from 'knex';
import { z } from 'zod';
import { accessKinds, type AccessKind } from '../../platform/http/access-log.ts';
import type { Ground } from '../../platform/http/feature.ts';
import { isDay } from '../../platform/http/fields.ts';
import { createMoments } from '../../platform/http/moments.ts';
import { withQuery } from '../../platform/http/paths.ts';
import { onlyFor } from '../../platform/http/sign-in-wall.ts';
import type { DataTable, FilterBar, Tone } from '../../platform/http/view-models.ts';
import { mayAdminister } from '../../rules/people.ts';

const LIST = 'access-log';
const PAGE_SIZE = 50;

interface Filter {
  readonly kind: AccessKind | '';
  readonly username: string;
  /** Days in Asia/Shanghai, both inclusive; empty for no limit. */
  readonly from: string;
  readonly to: string;
}

interface Row {
  id: number;
  at: Date;
  kind: AccessKind;
  username: string | null;
  name: string | null;
  subject: string | null;
  /** With `path` and `request_id` null for what was done on the command line. */
  method: string | null;
  path: string | null;
  address: string | null;
  request_id: string | null;
}

function filterOf({ query }: Request): Filter {
  const text = (value: unknown): string => (typeof value === 'string' ? value.trim().slice(0, 100) : '');
  const day = (value: unknown): string => (isDay(text(value)) ? text(value) : '');
  return {
    kind: accessKinds.find((kind) => kind === query['kind']) ?? '',
    username: text(query['username']).toLowerCase(),
    from: day(query['from']),
    to: day(query['to']),
  };
}

/** The empty text and null stand for "whatever". */
const READ = `
  select l.id, l.at, l.kind, coalesce(l.username, p.username) as username, p.name, s.username as subject, l.method, l.path, l.address, l.request_id
  from access_log l
  left join person p on p.id = l.person_id
  left join person s on s.id = l.subject_id
  where (:kind = '' or l.kind = :kind)
    and (:username = '' or l.username = :username or s.username = :username)
    and (:from::timestamptz is null or l.at >= :from)
    and (:to::timestamptz is null or l.at < :to::timestamptz + interval '1 day')
    and (:before::bigint is null or l.id < :before)
  order by l.id desc
  limit ${PAGE_SIZE + 1}`;

async function read(knex: Knex, filter: Filter, before: number | undefined): Promise<Row[]> {
  const midnight = (day: string): string | null => (day === '' ? null : `${day}T00:00:00+08:00`);
  const bindings = { ...filter, from: midnight(filter.from), to: midnight(filter.to), before: before ?? null };
  const { rows } = await knex.raw<{ rows: Row[] }>(READ, bindings);
  return rows;
}

function toneOf(kind: AccessKind): Tone {
  if (kind === 'signInLocked' || kind === 'refused' || kind === 'tokenRefused') return 'late';
  return kind === 'signInFailed' ? 'soon' : 'plain';
}

function filterBar(req: Request, filter: Filter): FilterBar {
  return {
    action: '/admin/access-log',
    fields: [
      { kind: 'select', name: 'kind', label: req.t('accounts:log.kindLabel'), value: filter.kind, blank: req.t('accounts:log.everyKind'), options: accessKinds.map((kind) => ({ value: kind, label: req.t(`accounts:log.kind.${kind}`) })) },
      { kind: 'text', name: 'username', label: req.t('accounts:person.username'), value: filter.username },
      { kind: 'date', name: 'from', label: req.t('accounts:log.from'), value: filter.from },
      { kind: 'date', name: 'to', label: req.t('accounts:log.to'), value: filter.to },
    ],
    ...(Object.values(filter).some((value) => value !== '') ? { clearHref: '/admin/access-log' } : {}),
  };
}

function whoInWords(req: Request, row: Row): string[] {
  const { name, username, subject } = row;
  const who = name === null || username === null ? (username ?? req.t(row.path === null ? 'accounts:log.commandLine' : 'accounts:log.nobody')) : req.t('accounts:log.named', { name, username });
  return subject === null || subject === username ? [who] : [who, req.t('accounts:log.toWhom', { username: subject })];
}

function tableOf(req: Request, rows: readonly Row[], filter: Filter): DataTable {
  const moments = createMoments(req.t);
  const searched = (['from', 'to'] as const).filter((key) => filter[key] !== '').map((key) => ({ label: req.t(`accounts:log.${key}`), value: filter[key] }));
  return {
    caption: req.t('accounts:log.title'),
    columns: [
      { key: 'at', label: req.t('accounts:log.at'), line: 1, tight: true },
      { key: 'kind', label: req.t('accounts:log.kindLabel'), line: 1, tight: true },
      { key: 'who', label: req.t('accounts:log.who'), line: 2 },
      { key: 'path', label: req.t('accounts:log.path'), line: 3 },
      { key: 'address', label: req.t('accounts:log.address'), line: 3, named: true, tight: true },
      { key: 'requestId', label: req.t('accounts:log.requestId') },
    ],
    rows: rows.map((row) => ({
      cells: {
        at: { kind: 'when', when: moments.tableTime(row.at) },
        kind: { kind: 'badge', badge: { label: req.t(`accounts:log.kind.${row.kind}`), tone: toneOf(row.kind) } },
        who: { kind: 'lines', lines: whoInWords(req, row) },
        path: row.path === null ? req.t('accounts:log.commandLine') : `${row.method} ${row.path}`,
        address: row.address ?? { kind: 'none' },
        requestId: row.request_id ?? { kind: 'none' },
      },
    })),
    empty: { title: req.t('accounts:log.none'), searched, links: [{ href: '/admin/access-log', label: req.t('accounts:log.all') }] },
  };
}

/** The log of sign-ins, refused accesses and changes to accounts, for the audit administrator. */
export function accessLogRoutes({ knex, cursors }: Ground): Router {
  const router = Router();
  router.get('/', onlyFor((person) => mayAdminister(person, 'viewAccessLog')), async (req, res) => {
    const filter = filterOf(req);
    const before = cursors.decode(LIST, req.query['after'], z.number().int().positive());
    const rows = await read(knex, filter, before);
    const shown = rows.slice(0, PAGE_SIZE);
    const last = shown.at(-1);
    res.render('accounts/list', {
      page: { title: req.t('accounts:log.title'), width: 'full' },
      heading: { title: req.t('accounts:log.title'), lead: req.t('accounts:log.lead') },
      filter: filterBar(req, filter),
      table: tableOf(req, shown, filter),
      pager: {
        text: req.t('accounts:log.shown', { count: shown.length }),
        ...(rows.length > PAGE_SIZE && last ? { nextHref: withQuery(req.originalUrl, { after: cursors.encode(LIST, last.id) }) } : {}),
        ...(before === undefined ? {} : { previousHref: withQuery(req.originalUrl, { after: null }) }),
      },
    });
  });
  return router;
}

import { Router, type Request } from 'express';
import { z } from 'zod';
import { accessKinds, type AccessKind } from '../../platform/http/access-log.ts';
import type { Ground } from '../../platform/http/feature.ts';
import { createMoments } from '../../platform/http/moments.ts';
import { withQuery } from '../../platform/http/paths.ts';
import { onlyFor } from '../../platform/http/sign-in-wall.ts';
import type { Cell, DataTable, FilterBar, Option, Tone } from '../../platform/http/view-models.ts';
import type { Unit } from '../../platform/units.ts';
import { mayAdminister } from '../../rules/people.ts';
import { sendLog } from './access-log-export.ts';
import type { Standing } from './proposals.ts';
import { changesInWords } from './standing-words.ts';
import { countLog, filterOf, kindGroups, readLog, type LogFilter, type LogRow } from './access-log-queries.ts';

const LIST = 'access-log';
const HOME = '/admin/access-log';
const PAGE_SIZE = 50;

/** The fields of the filter, with the word of each. */
const filterLabels = [['kind', 'kindLabel'], ['username', 'person'], ['about', 'about'], ['from', 'from'], ['to', 'to']] as const;

function toneOf(kind: AccessKind): Tone {
  if (kind === 'signInLocked' || kind === 'codeLocked' || kind === 'refused' || kind === 'tokenRefused') return 'late';
  return kind === 'signInFailed' || kind === 'portalSignInFailed' ? 'soon' : 'plain';
}

function kindOptions(req: Request): Option[] {
  return [
    ...Object.keys(kindGroups).map((group) => ({ value: group, label: req.t(`accounts:log.group.${group}`) })),
    ...accessKinds.map((kind) => ({ value: kind, label: req.t(`accounts:log.kind.${kind}`) })),
  ];
}

function filterBar(req: Request, filter: LogFilter): FilterBar {
  return {
    action: HOME,
    fields: [
      { kind: 'select', name: 'kind', label: req.t('accounts:log.kindLabel'), value: filter.kind, blank: req.t('accounts:log.everyKind'), options: kindOptions(req) },
      { kind: 'text', name: 'username', label: req.t('accounts:log.person'), value: filter.username },
      { kind: 'text', name: 'about', label: req.t('accounts:log.about'), value: filter.about },
      { kind: 'date', name: 'from', label: req.t('accounts:log.from'), value: filter.from },
      { kind: 'date', name: 'to', label: req.t('accounts:log.to'), value: filter.to },
    ],
    ...(Object.values(filter).some((value) => value !== '') ? { clearHref: HOME } : {}),
  };
}

function whoInWords(req: Request, row: LogRow): string[] {
  const { name, username, subject } = row;
  const who = name === null || username === null ? (username ?? req.t(row.path === null ? 'accounts:log.commandLine' : 'accounts:log.nobody')) : req.t('accounts:log.named', { name, username });
  return subject === null || subject === username ? [who] : [who, req.t('accounts:log.toWhom', { username: subject })];
}

const linesCell = (lines: string[]): Cell => (lines.length > 0 ? { kind: 'lines', lines } : { kind: 'none' });

const isStanding = (value: unknown): value is Standing => typeof value === 'object' && value !== null && !Array.isArray(value);

/** What was asked for, as the log keeps it of whoever reads it: the filter without what was left open. */
const askedFor = (filter: LogFilter): Record<string, string> => Object.fromEntries(Object.entries(filter).filter(([, value]) => value !== ''));

/** The same in words; of what is no filter of today nothing. */
function searchInWords(req: Request, has: (key: string) => boolean, searched: unknown): string[] {
  if (!isStanding(searched)) return [];
  const said = (name: string, value: unknown): string => {
    const words = [`accounts:log.group.${String(value)}`, `accounts:log.kind.${String(value)}`].find(has);
    return name === 'kind' && words !== undefined ? req.t(words) : String(value);
  };
  const terms = filterLabels.filter(([name]) => searched[name] !== undefined)
    .map(([name, label]) => req.t('common:form.inField', { label: req.t(`accounts:log.${label}`), message: said(name, searched[name]) }));
  return terms.length === 0 ? [req.t('accounts:log.unfiltered')] : terms;
}

/** Before and after, and why, where a line tells of a change; what was looked for where one tells of a look into this log. */
function changeInWords(req: Request, has: (key: string) => boolean, units: readonly Unit[], { detail }: LogRow): string[] {
  const { before, after, reason } = detail;
  const changes = isStanding(before) && isStanding(after) ? changesInWords(req, units, before, after) : [];
  return [
    ...searchInWords(req, has, detail['searched']),
    ...changes.map((change) => req.t('accounts:log.changed', { ...change, name: has(`accounts:log.field.${change.name}`) ? req.t(`accounts:log.field.${change.name}`) : change.name })),
    ...(typeof reason === 'string' ? [req.t('accounts:log.because', { reason })] : []),
    ...(typeof detail['rows'] === 'number' ? [req.t('accounts:log.rows', { count: detail['rows'] })] : []),
  ];
}

function tableOf(req: Request, rows: readonly LogRow[], filter: LogFilter, changeOf: (row: LogRow) => string[]): DataTable {
  const moments = createMoments(req.t);
  const said = (name: keyof LogFilter): string => (name === 'kind' ? kindOptions(req).find(({ value }) => value === filter.kind)?.label : undefined) ?? filter[name];
  const searched = filterLabels.filter(([name]) => filter[name] !== '').map(([name, label]) => ({ label: req.t(`accounts:log.${label}`), value: said(name) }));
  return {
    caption: req.t('accounts:log.title'),
    columns: [
      { key: 'at', label: req.t('accounts:log.at'), line: 1, tight: true },
      { key: 'kind', label: req.t('accounts:log.kindLabel'), line: 1, tight: true },
      { key: 'who', label: req.t('accounts:log.who'), line: 2 },
      { key: 'about', label: req.t('accounts:log.aboutOrChange'), line: 3 },
      { key: 'path', label: req.t('accounts:log.path'), line: 3 },
      { key: 'address', label: req.t('accounts:log.address'), line: 3, named: true },
      { key: 'requestId', label: req.t('accounts:log.requestId') },
    ],
    rows: rows.map((row) => ({
      cells: {
        at: { kind: 'when', when: moments.tableTime(row.at) },
        kind: { kind: 'badge', badge: { label: req.t(`accounts:log.kind.${row.kind}`), tone: toneOf(row.kind) } },
        who: { kind: 'lines', lines: whoInWords(req, row) },
        about: linesCell([...(row.about === null ? [] : [row.about]), ...changeOf(row)]),
        path: row.path === null ? req.t('accounts:log.commandLine') : `${row.method} ${row.path}`,
        address: row.address ?? { kind: 'none' },
        requestId: row.request_id ?? { kind: 'none' },
      },
    })),
    empty: { title: req.t('accounts:log.none'), searched, links: [{ href: HOME, label: req.t('accounts:log.all') }] },
  };
}

/** The address of the file with the filter of the list. */
function exportHref(filter: LogFilter): string {
  return withQuery(`${HOME}/export.csv`, askedFor(filter));
}

/** The log of sign-ins, views, refused accesses and changes to accounts, for the audit administrator. */
export function accessLogRoutes({ knex, cursors, accessLog, clock, units, i18n }: Ground): Router {
  const router = Router();
  const auditors = onlyFor((person) => mayAdminister(person, 'viewAccessLog'));

  router.get('/', auditors, async (req, res) => {
    const filter = filterOf(req);
    const before = cursors.decode(LIST, req.query['after'], z.number().int().positive());
    await accessLog.settle();
    const [rows, all] = await Promise.all([readLog(knex, filter, before, PAGE_SIZE + 1), units.all()]);
    const shown = rows.slice(0, PAGE_SIZE);
    const last = shown.at(-1);
    req.viewed = { kind: 'logViewed', detail: { searched: askedFor(filter), rows: shown.length } };
    res.render('accounts/list', {
      page: { title: req.t('accounts:log.title'), width: 'full' },
      heading: {
        title: req.t('accounts:log.title'), lead: req.t('accounts:log.lead'),
        links: shown.length === 0 ? [] : [{ href: exportHref(filter), label: req.t('accounts:log.export'), icon: 'download' }],
      },
      filter: filterBar(req, filter),
      table: tableOf(req, shown, filter, (row) => changeInWords(req, (key) => i18n.has(req.locale, key), all, row)),
      pager: {
        text: req.t('accounts:log.shown', { count: shown.length }),
        ...(rows.length > PAGE_SIZE && last ? { nextHref: withQuery(req.originalUrl, { after: cursors.encode(LIST, last.id) }) } : {}),
        ...(before === undefined ? {} : { firstHref: withQuery(req.originalUrl, { after: null }) }),
      },
    });
  });

  router.get('/export.csv', auditors, async (req, res) => {
    const filter = filterOf(req);
    await accessLog.settle();
    req.viewed = { kind: 'exported', detail: { searched: askedFor(filter), rows: await countLog(knex, filter) } };
    await sendLog(req, res, knex, filter, clock());
  });

  return router;
}

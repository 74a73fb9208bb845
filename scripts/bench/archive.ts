import { randomUUID } from 'node:crypto';
import { pipeline } from 'node:stream/promises';
import { Readable } from 'node:stream';
import type { Knex } from 'knex';
import pg from 'pg';
import copy from 'pg-copy-streams';
import { foldCounts } from '../../src/platform/counts.ts';
import { indexTerms } from '../../src/rules/search/tokens.ts';

/** Tables of a case, in the order in which their rows can be written. */
const tables = ['case_file', 'case_event', 'incident', 'case_task', 'case_party', 'case_subject', 'disclosure'] as const;

/** Characters that made-up names of firms are put together from. */
const characters = [...'恒泽润诚金禾明远大湖新桥嘉楚源众邦百川同舟稻香锦程晨光花都意杨西东方康宁瑞丰华盛泰和兴隆永昌德信达通利民安顺福祥云海天地星辰春秋'];

interface Template {
  id: string;
  caseNo: string;
  openedAt: string;
  title: string;
  /** Rows as PostgreSQL itself writes them for COPY. */
  lines: Record<(typeof tables)[number], string[]>;
}

async function copyOut(client: pg.Client, sql: string): Promise<string[]> {
  const parts: Buffer[] = [];
  for await (const part of client.query(copy.to(`copy (${sql}) to stdout`))) parts.push(part as Buffer);
  const text = Buffer.concat(parts).toString('utf8');
  return text === '' ? [] : text.slice(0, -1).split('\n');
}

async function readTemplates(client: pg.Client, closed: boolean): Promise<Template[]> {
  const { rows } = await client.query<{ id: string; case_no: string; title: string; opened: string }>(
    `select id, case_no, title, opened_at::text as opened from case_file where status = $1 order by case_no`,
    [closed ? 'closed' : 'open'],
  );
  const templates: Template[] = [];
  for (const { id, case_no: caseNo, title, opened: openedAt } of rows) {
    const lines = {} as Template['lines'];
    for (const table of tables) {
      const key = table === 'case_file' ? 'id' : 'case_id';
      lines[table] = await copyOut(client, `select * from ${table} where ${key} = '${id}'`);
    }
    templates.push({ id, caseNo, title, openedAt, lines });
  }
  return templates;
}

/** `tsvector` as text: each term a quoted lexeme. */
const vector = (terms: readonly string[]): string => terms.map((term) => `'${term.replaceAll("'", "''")}'`).join(' ');

/** Place of `search` in the columns of `incident`, the last. */
const searchColumn = 16;

/** Place of `state` in the columns of `case_file`. */
const stateColumn = 9;

/** Columns of deadlines, which are to be spread as those of a city are, over the days since and to come. */
const dueColumns: Partial<Record<(typeof tables)[number], number>> = { case_task: 14, incident: 11, case_party: 6 };

interface Clone {
  id: string;
  caseNo: string;
  openedAt: string;
  title: string;
  /** So many days later than the template's is each deadline. */
  later: number;
  /** With its events and state; only lists show the others. */
  whole: boolean;
}

const DAY_MS = 86_400_000;
const asTime = (at: Date): string => at.toISOString().replace('T', ' ').replace('Z', '+00');

/** A case like the template under another id, number, name and day. */
function cloned(template: Template, table: (typeof tables)[number], of: Clone): string {
  if (table === 'case_event' && !of.whole) return '';
  const due = dueColumns[table];
  return template.lines[table]
    .map((line) => {
      const own = line
        .replaceAll(template.id, of.id)
        .replaceAll(template.caseNo, of.caseNo)
        .replaceAll(template.openedAt, of.openedAt)
        .replaceAll(template.title, of.title);
      const cells = own.split('\t');
      if (table === 'incident') cells[searchColumn] = vector(indexTerms(of.title, of.caseNo));
      if (table === 'case_file' && !of.whole) cells[stateColumn] = '{}';
      if (due !== undefined && cells[due] !== '\\N') cells[due] = asTime(new Date(Date.parse(cells[due]!) + of.later * DAY_MS));
      return `${cells.join('\t')}\n`;
    })
    .join('');
}

/** So many cases have their events: a million of them whole would take a hundred gigabytes. */
const mostWhole = 100_000;

export interface ArchiveOptions {
  databaseUrl: string;
  knex: Knex;
  /** Cases to be added. */
  closed: number;
  open: number;
  /** Number of the first one, as no two archives may share numbers. */
  from: number;
  progress(text: string): void;
}

/**
 * Fills the tables with cases by COPY: each a copy of one of the demo city's, which were written by the real procedure,
 * under another name and number and on a day of the last eight years. The chains of the copies are not valid, so such
 * a database is for measuring only.
 */
export async function fillArchive({ databaseUrl, knex, closed, open, from, progress }: ArchiveOptions): Promise<void> {
  const client = new pg.Client(databaseUrl);
  await client.connect();
  try {
    const templates = { closed: await readTemplates(client, true), open: await readTemplates(client, false) };
    const random = (n: number): number => Math.floor(Math.random() * n);
    const cases = Array.from({ length: closed + open }, (_, n) => {
      const kind = n < closed ? 'closed' : 'open';
      const list = templates[kind];
      const template = list[n % list.length]!;
      const firm = Array.from({ length: 3 + random(2) }, () => characters[random(characters.length)]!).join('');
      const day = kind === 'closed' ? random(2900) + 40 : random(20);
      const whole = n % Math.ceil((closed + open) / mostWhole) === 0;
      return {
        template,
        of: {
          id: randomUUID(),
          caseNo: `XZ-${2017 + random(9)}-${String(from + n).padStart(7, '0')}`,
          openedAt: asTime(new Date(Date.now() - day * DAY_MS - random(DAY_MS))),
          title: `${firm}${template.title.slice(4)}`,
          later: random(60) - 20,
          whole,
        },
      };
    });
    for (const table of tables) {
      const begun = performance.now();
      const rows = Readable.from(
        (function* lines() {
          for (const { template, of } of cases) yield cloned(template, table, of);
        })(),
      );
      await pipeline(rows, client.query(copy.from(`copy ${table} from stdin`)));
      progress(`${table}: ${cases.length} cases copied in ${((performance.now() - begun) / 1000).toFixed(1)} s`);
    }
    while ((await foldCounts(knex)) > 0) progress('counts put together');
    await knex.raw('vacuum analyze');
  } finally {
    await client.end();
  }
}

import type { Knex } from 'knex';
import { Browser } from './browser.ts';
import { firmOf, type Frequencies } from './firms.ts';
import type { Times } from './figures.ts';
import type { Statement } from './page-floors.ts';
import { inTurn, visitOfPage } from './pages.ts';

/** A public page, its address, and the statements that one would write for it alone. */
interface RecordPage {
  readonly page: string;
  readonly path: string;
  readonly statements: readonly Statement[];
}

const listColumns = 'r.id, r.kind, r.class, r.document_no, r.decided_on, r.public_until, r.repairable_from, r.standing, r.published_at, s.id as subject_id, s.kind as subject_kind, s.name as subject_name, s.uscc, u.name, u.name_en';
const joined = 'record r join subject s on s.id = r.subject_id join unit u on u.id = r.unit';
const shown = 'r.public and not r.frozen and not s.frozen and (r.public_until is null or r.public_until >= current_date)';

/** Terms stand in the text: a plan that is made once for all of them would be the wrong one for most. */
const list = (name: string, where: string): Statement[] => [
  { name: `${name}-rows`, text: `select ${listColumns} from ${joined} where ${shown} and ${where} order by r.published_at desc, r.id desc limit 51`, values: [] },
  { name: `${name}-count`, text: `select count(*) from (select 1 from record r join subject s on s.id = r.subject_id where ${shown} and ${where} limit 1001) c`, values: [] },
];

const lexemes = (...terms: string[]): string => `s.kind = 'organisation' and s.search @@ '${terms.map((term) => `''${term}''`).join(' & ')}'::tsquery`;
const pairs = (text: string): string[] => Array.from({ length: text.length - 1 }, (_, n) => text.slice(n, n + 2));

/** Terms of one length that firms with a public record have: the most frequent, one of some thousand subjects, the rarest. */
function chosen(terms: readonly string[], frequencies: Frequencies): { frequent: string; between: string; rare: string } {
  const by = terms.toSorted((a, b) => (frequencies.get(b) ?? 0) - (frequencies.get(a) ?? 0));
  const between = by.find((term) => (frequencies.get(term) ?? 0) < 3000);
  return { frequent: by[0]!, between: between ?? by[0]!, rare: by.at(-1)! };
}

/** The pages that are measured: searches of each length, by what many and what few are called. */
async function recordPages(knex: Knex, frequencies: Frequencies, count: (where: string) => Promise<number>): Promise<RecordPage[]> {
  const rows: { id: string; uscc: string; name: string }[] = await knex('record as r').join('subject as s', 's.id', 'r.subject_id')
    .where({ 'r.public': true, 's.kind': 'organisation' }).whereLike('s.uscc', '91321300MA0%').orderBy('r.published_at', 'desc').limit(2000).select('r.id', 's.uscc', 's.name');
  const words = new Map(rows.map(({ name }) => [name, name.slice(2).replace(/(?:食品|商贸|木业|建筑工程|网络科技|花木|化工|物流|餐饮管理)有限公司$|饭店$|超市$|便利店$|五金店$|家庭农场$|养殖专业合作社$/u, '')]));
  const one = chosen([...new Set([...words.values()].flatMap((word) => [...word]))], frequencies);
  const two = chosen([...new Set([...words.values()].flatMap(pairs))], frequencies);
  const [first] = rows;
  if (!first) throw new Error('No record is public.');
  const word = words.get(first.name)!;
  const three = first.name.slice(1, 4);
  const search = async (page: string, q: string, ...terms: string[]): Promise<RecordPage> =>
    ({ page: `${page} (${(await count(lexemes(...terms))).toLocaleString('en-US')} subjects)`, path: `/public/records?q=${encodeURIComponent(q)}`, statements: list(page, lexemes(...terms)) });
  return [
    await search('1 character, frequent', one.frequent, one.frequent),
    await search('1 character, between', one.between, one.between),
    await search('1 character, rare', one.rare, one.rare),
    await search('2 characters: a trade', '有限', '有限'),
    await search('2 characters, frequent', two.frequent, two.frequent),
    await search('2 characters, rare', two.rare, two.rare),
    await search('3 characters', three, ...pairs(three)),
    await search('own name and trade', word + first.name.slice(2 + word.length, 4 + word.length), ...pairs(word + first.name.slice(2 + word.length, 4 + word.length))),
    await search('whole name', first.name, ...pairs(first.name)),
    { page: 'unified code', path: `/public/records?q=${first.uscc}`, statements: list('code', `s.kind = 'organisation' and s.uscc = '${first.uscc}'`) },
    { page: 'nothing of it is public', path: `/public/records?q=${firmOf(0).uscc}`, statements: list('nothing', `s.kind = 'organisation' and s.uscc = '${firmOf(0).uscc}'`) },
    { page: 'public list', path: '/public/records', statements: list('all', 'true') },
    {
      page: 'public record', path: `/public/records/${first.id}`,
      statements: [{ name: 'record', text: `select ${listColumns}, r.state, s.representative, s.sealed from ${joined} where ${shown} and r.id = $1`, values: [first.id] }],
    },
  ];
}

export interface RecordPageFigures {
  readonly page: string;
  readonly bytes: number;
  readonly times: Times;
  readonly floor: Times;
}

/** Somebody from another address each time, as the site counts how often one address asks. */
export function visitor(url: string): Browser {
  let n = 0;
  return new Browser(url, () => {
    n += 1;
    return { 'x-forwarded-for': `10.${(n >> 16) & 255}.${(n >> 8) & 255}.${n & 255}` };
  });
}

export async function measureRecordPages(
  { knex, url, databaseUrl, floorUrl, frequencies, rounds, progress }:
  { knex: Knex; url: string; databaseUrl: string; floorUrl: string; frequencies: Frequencies; rounds: number; progress(text: string): void },
): Promise<RecordPageFigures[]> {
  const count = async (where: string): Promise<number> => {
    const { rows }: { rows: { count: number }[] } = await knex.raw(`select count(*) from subject s where ${where}`);
    return rows[0]!.count;
  };
  const browser = visitor(url);
  const bare = new Browser(floorUrl);
  try {
    const figures: RecordPageFigures[] = [];
    for (const { page, path, statements } of await recordPages(knex, frequencies, count)) {
      const visit = await visitOfPage({ path, browser, floorUrl, databaseUrl, statements });
      const [measured] = await inTurn([visit], bare, rounds);
      figures.push({ page, bytes: visit.bytes, ...measured! });
      progress(page);
    }
    return figures;
  } finally {
    browser.close();
    bare.close();
  }
}

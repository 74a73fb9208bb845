import type { Knex } from 'knex';
import { Browser } from './browser.ts';
import { firmOf, type Frequencies } from './firms.ts';
import type { Times } from './figures.ts';
import type { Statement } from './page-floors.ts';
import { inTurn, visitOfPage } from './pages.ts';
import { having, pairs, wantedOf, type RecordPage, type Wanted } from './record-words.ts';
import { subjectPages } from './subject-pages.ts';

const listColumns = 'r.id, r.kind, r.class, r.document_no, r.decided_on, r.public_until, r.repairable_from, r.standing, r.published_at, s.id as subject_id, s.kind as subject_kind, s.name as subject_name, s.uscc, u.name, u.name_en';
const joined = 'record r join subject s on s.id = r.subject_id join unit u on u.id = r.unit';
const shown = 'r.public and not r.frozen and not s.frozen and (r.public_until is null or r.public_until >= current_date)';

/** Terms stand in the text: a plan that is made once for all of them would be the wrong one for most. */
const list = (name: string, where: string, more = ''): Statement[] => [
  { name: `${name}-rows`, text: `select ${listColumns} from ${joined} ${more} where ${shown} and ${where} order by r.published_at desc, r.id desc limit 51`, values: [] },
  { name: `${name}-count`, text: `select count(*) from (select 1 from record r join subject s on s.id = r.subject_id ${more} where ${shown} and ${where} limit 1001) c`, values: [] },
];


/** The public pages that are measured: searches of each length, by what many and what few are called. */
async function publicPages({ firm, one, two }: Wanted, count: (where: string) => Promise<number>): Promise<RecordPage[]> {
  const { name, word } = firm;
  const three = name.slice(1, 4);
  const search = async (page: string, q: string, ...terms: string[]): Promise<RecordPage> => ({
    page: `${page} (${(await count(having('s', ...terms))).toLocaleString('en-US')} subjects)`, who: null, path: `/public/records?q=${encodeURIComponent(q)}`,
    statements: list(page, having('p', ...terms), 'join published_subject p on p.subject_id = r.subject_id'),
  });
  const trade = word + name.slice(2 + word.length, 4 + word.length);
  return [
    await search('1 character, frequent', one.frequent, one.frequent),
    await search('1 character, between', one.between, one.between),
    await search('1 character, rare', one.rare, one.rare),
    await search('2 characters: a trade', '有限', '有限'),
    await search('2 characters, frequent', two.frequent, two.frequent),
    await search('2 characters, rare', two.rare, two.rare),
    await search('3 characters', three, ...pairs(three)),
    await search('own name and trade', trade, ...pairs(trade)),
    await search('whole name', name, ...pairs(name)),
    { page: 'unified code', who: null, path: `/public/records?q=${firm.uscc}`, statements: list('code', `s.kind = 'organisation' and s.uscc = '${firm.uscc}'`) },
    { page: 'nothing of it is public', who: null, path: `/public/records?q=${firmOf(0).uscc}`, statements: list('nothing', `s.kind = 'organisation' and s.uscc = '${firmOf(0).uscc}'`) },
    { page: 'public list', who: null, path: '/public/records', statements: list('all', 'true') },
    {
      page: 'public record', who: null, path: `/public/records/${firm.record}`,
      statements: [{ name: 'record', text: `select ${listColumns}, r.state, s.representative, s.sealed from ${joined} where ${shown} and r.id = $1`, values: [firm.record] }],
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
  const bare = new Browser(floorUrl);
  const browsers = new Map<string | null, Browser>([[null, visitor(url)]]);
  try {
    const figures: RecordPageFigures[] = [];
    const wanted = await wantedOf(knex, frequencies);
    for (const { page, who, path, statements } of [...(await publicPages(wanted, count)), ...(await subjectPages(wanted, count))]) {
      const browser = browsers.get(who) ?? await new Browser(url).signIn(who ?? '');
      browsers.set(who, browser);
      const visit = await visitOfPage({ path, browser, floorUrl, databaseUrl, statements });
      const [measured] = await inTurn([visit], bare, rounds);
      figures.push({ page, bytes: visit.bytes, ...measured! });
      progress(page);
    }
    return figures;
  } finally {
    for (const browser of browsers.values()) browser.close();
    bare.close();
  }
}

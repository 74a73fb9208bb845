import { pipeline } from 'node:stream/promises';
import { Readable } from 'node:stream';
import type { Knex } from 'knex';
import pg from 'pg';
import copy from 'pg-copy-streams';
import { sequence } from '../../src/demo/firms.ts';
import { orgCheckCharacter, residentIdCheckCharacter, usccCheckCharacter } from '../../src/rules/codes/index.ts';
import { indexTerms } from '../../src/rules/search/tokens.ts';

export interface Firm {
  readonly uscc: string;
  readonly name: string;
  /** The part of the name that is its own, between town and trade. */
  readonly word: string;
}

const towns = ['宿迁', '宿城', '宿豫', '沭阳', '泗阳', '泗洪', '江苏', '洋河'];
const trades = ['食品有限公司', '商贸有限公司', '木业有限公司', '建筑工程有限公司', '网络科技有限公司', '花木有限公司', '化工有限公司', '物流有限公司', '餐饮管理有限公司', '饭店', '超市', '便利店', '五金店', '家庭农场', '养殖专业合作社'];

/** Characters of names, the usual ones first, and then the 3,755 of the first level of GB 2312: as in life, few are frequent and most are rare. */
const characters = (() => {
  const decoder = new TextDecoder('gbk');
  const level: string[] = [];
  for (let row = 0xb0; row <= 0xd7; row += 1) {
    for (let cell = 0xa1; cell <= (row === 0xd7 ? 0xf9 : 0xfe); cell += 1) level.push(decoder.decode(Uint8Array.of(row, cell)));
  }
  const usual = [...'恒泽润诚金禾明远大湖新桥嘉楚源众邦百川同舟稻香锦程晨光花都意杨西东方康宁瑞丰华盛泰和兴隆永昌德信达通利民安顺福祥云海天地星辰春秋'];
  return [...usual, ...level.filter((character) => !usual.includes(character))];
})();

const body = '0123456789ABCDEFGHJKLMNPQRTUWXY';

/** The n-th made-up unified code; it passes both checks. */
function usccOf(n: number): string {
  let own = '';
  for (let rest = n, place = 0; place < 6; place += 1, rest = Math.floor(rest / body.length)) own = body[rest % body.length]! + own;
  const code = `91321300MA${own}${orgCheckCharacter(`MA${own}`)}`;
  return code + usccCheckCharacter(code);
}

/** The n-th made-up firm, the same in every run. */
export function firmOf(n: number): Firm {
  const random = sequence(n);
  const one = (): string => characters[Math.floor(random() ** 2.3 * characters.length)]!;
  const town = towns[Math.floor(random() * towns.length)]!;
  const trade = trades[Math.floor(random() * trades.length)]!;
  const word = Array.from({ length: 2 + Math.floor(random() * 3) }, one).join('');
  return { uscc: usccOf(n), name: `${town}${word}${trade}`, word };
}

/** The n-th made-up person; his number passes its check and begins with an area that no county has. */
export function personOf(n: number): { name: string; idNumber: string } {
  const random = sequence(n);
  const digits = `321399${1950 + Math.floor(random() * 50)}01${String(1 + Math.floor(random() * 28)).padStart(2, '0')}${String(n % 1000).padStart(3, '0')}`;
  return { name: `张${characters[Math.floor(random() * 400)]!}`, idNumber: digits + residentIdCheckCharacter(digits) };
}

/** How many of the firms filled in have a character, or two neighbours, in the part of the name that is its own. */
export type Frequencies = ReadonlyMap<string, number>;

const idOf = (n: number): string => `00000000-0000-4000-8000-${n.toString(16).padStart(12, '0')}`;

/** `tsvector` as text: each term a quoted lexeme. */
const vector = (terms: readonly string[]): string => terms.map((term) => `'${term}'`).join(' ');

/** Fills `subject` with firms by COPY, and makes its two large indexes when all are there; tells how long each took. */
export async function fillSubjects({ databaseUrl, knex, count, progress }: { databaseUrl: string; knex: Knex; count: number; progress(text: string): void }): Promise<Frequencies> {
  const frequencies = new Map<string, number>();
  const counted = (word: string): void => {
    const own = [...word];
    for (const [n, character] of own.entries()) {
      for (const term of n + 1 < own.length ? [character, character + own[n + 1]!] : [character]) frequencies.set(term, (frequencies.get(term) ?? 0) + 1);
    }
  };
  const seconds = async (what: string, work: () => Promise<unknown>): Promise<void> => {
    const begun = performance.now();
    await work();
    progress(`${what} in ${((performance.now() - begun) / 1000).toFixed(1)} s`);
  };
  const indexes: { indexname: string; indexdef: string }[] = await knex('pg_indexes').where({ tablename: 'subject' }).whereNotIn('indexname', knex('pg_constraint').select('conname'));
  for (const { indexname } of indexes) await knex.raw('drop index ??', [indexname]);
  const client = new pg.Client(databaseUrl);
  await client.connect();
  try {
    await seconds(`${count} subjects copied`, () => pipeline(
      Readable.from((function* lines() {
        const most = 500;
        for (let from = 0; from < count; from += most) {
          const block: string[] = [];
          for (let n = from; n < Math.min(from + most, count); n += 1) {
            const { uscc, name, word } = firmOf(n);
            counted(word);
            block.push(`${idOf(n)}\torganisation\t${uscc}\t${name}\t${vector(indexTerms(name, uscc))}\n`);
          }
          yield block.join('');
        }
      })()),
      client.query(copy.from('copy subject (id, kind, uscc, name, search) from stdin')),
    ));
    await client.query(`set maintenance_work_mem = '512MB'`);
    for (const { indexname, indexdef } of indexes) await seconds(indexname, () => client.query(indexdef));
    await seconds('statistics', () => client.query('vacuum analyze subject'));
  } finally {
    await client.end();
  }
  return frequencies;
}

import type { Statement } from './page-floors.ts';
import { having, pairs, type RecordPage, type Wanted } from './record-words.ts';

const countedTo = 1000;

/** Of a list that is counted to its end the order is that of names, else that of ids. The floor server hands the first column on. */
const list = (name: string, where: string, total: number): Statement[] => [
  {
    name: `subjects-${name}`, values: [],
    text: `select s.id as case_id, s.kind, s.name, s.uscc, s.standing, s.frozen from subject s where ${where} order by ${total > countedTo ? 's.id' : 's.name, s.id'} limit 51`,
    each: [{ name: 'subjects-shown', text: 'select subject_id, count(*) from record where subject_id = any($1::uuid[]) and public and not frozen and (public_until is null or public_until >= current_date) group by 1' }],
  },
  { name: `subjects-${name}-count`, text: `select count(*) from (select 1 from subject s where ${where} limit ${countedTo + 1}) c`, values: [] },
  { name: 'subjects-frozen', text: 'select count(*) from (select 1 from subject where frozen limit 1000) c', values: [] },
];

/** The staff's search among all subjects. */
export async function subjectPages({ firm, one, two }: Wanted, count: (where: string) => Promise<number>): Promise<RecordPage[]> {
  const search = async (page: string, q: string, where: string): Promise<RecordPage> => {
    const total = await count(where);
    return { page: `staff: ${page} (${total.toLocaleString('en-US')} subjects)`, who: 'xyb.handler', path: `/subjects?q=${encodeURIComponent(q)}`, statements: list(page, where, total) };
  };
  const named = (page: string, q: string, ...terms: string[]): Promise<RecordPage> => search(page, q, having('s', ...(terms.length === 0 ? [q] : terms)));
  const { name, uscc } = firm;
  const three = name.slice(1, 4);
  return [
    await named('1 character, frequent', one.frequent),
    await named('1 character, between', one.between),
    await named('1 character, rare', one.rare),
    await named('2 characters: a trade', '有限'),
    await named('2 characters, frequent', two.frequent),
    await named('2 characters, rare', two.rare),
    await named('3 characters', three, ...pairs(three)),
    await named('6 characters: a trade', '商贸有限公司', ...pairs('商贸有限公司')),
    await named('whole name', name, ...pairs(name)),
    await search('unified code', uscc, `s.uscc = '${uscc}'`),
    await search('beginning of a code, 10 signs', uscc.slice(0, 10), `s.uscc like '${uscc.slice(0, 10)}%'`),
    await search('beginning of a code, 14 signs', uscc.slice(0, 14), `s.uscc like '${uscc.slice(0, 14)}%'`),
  ];
}

import type { Knex } from 'knex';
import { indexTerms } from '../src/rules/search/tokens.ts';
import { documentKey } from '../src/rules/text/alike.ts';

/** As `folded` of src/rules/text/alike.ts has them: radicals and strokes, and the ideographs that look the same. */
const RADICALS = '⺁⺂⺃⺄⺅⺆⺇⺈⺉⺊⺋⺌⺍⺎⺏⺐⺑⺒⺓⺔⺕⺖⺗⺘⺙⺛⺜⺝⺞⺟⺠⺡⺢⺣⺤⺥⺦⺧⺨⺩⺪⺫⺬⺭⺮'
  + '⺯⺰⺱⺲⺳⺴⺵⺶⺷⺸⺹⺺⺻⺼⺽⺾⺿⻀⻁⻂⻃⻄⻅⻆⻇⻈⻉⻊⻋⻌⻍⻎⻏⻐⻑⻒⻓⻔⻕⻖⻗⻘⻙⻚⻛'
  + '⻜⻝⻞⻟⻠⻡⻢⻣⻤⻥⻦⻧⻨⻩⻪⻫⻬⻭⻮⻯⻰⻱⻲⻳㇆㇏㇐㇑㇒㇓㇔㇕㇖㇗㇘㇙㇚㇛㇜㇝㇞㇟㇠㇡';
const IDEOGRAPHS = '厂乛乚乙亻冂𠘨刀刂卜㔾小小兀尣尢𡯂巳幺彑彐忄心扌攵旡日月歺母民氵氺灬爫爫丬牛犭王𤴔目示礻𥫗'
  + '糹纟罓罒㓁冗𦉫羊𦍌𦍋耂肀聿肉𦥑艹艹艹虎衤覀西见角𧢲讠贝𧾷车辶辶辶邑钅長镸长门𨸏阝雨青韦页风'
  + '飞食𩙿飠饣𩠐马骨鬼鱼鸟卤麦黄黾斉齐歯齿竜龙龜亀龟𠃌乀一丨丿丿丶𠃍乛𠃊𠃎𠄌亅𡿨𠃋乀𠃑乚乙𠄎';

/** What shows nothing by itself, as a class of PostgreSQL's regular expressions. */
const IGNORED = String.raw`[\u00AD\u034F\u061C\u115F\u1160\u17B4\u17B5\u180B-\u180F\u200B-\u200F\u202A-\u202E\u2060-\u206F\u3164\uFE00-\uFE0F\uFEFF\uFFA0\uFFF0-\uFFFB`
  + String.raw`\U0001BCA0-\U0001BCA3\U0001D173-\U0001D17A\U000E0000-\U000E0FFF]`;

/** Texts that were indexed otherwise before: those with a mark that is not seen, or a look-alike radical. */
const CHANGED = `${IGNORED.slice(0, -1)}\\u2E80-\\u2EFF\\u31C0-\\u31EF]`;

const chunk = 5000;

/** The key of each document, of those stored before in two ways of writing only the first: the other keeps its own file. */
async function writeKeys(knex: Knex): Promise<void> {
  for (let after = '00000000-0000-0000-0000-000000000000'; ;) {
    const rows: { id: string; document_no: string }[] = await knex('record').where('id', '>', after).orderBy('id').limit(chunk).select('id', 'document_no');
    if (rows.length === 0) break;
    after = rows.at(-1)!.id;
    await knex.raw(
      'update record r set document_key = t.key from unnest(?::uuid[], ?::text[]) as t(id, key) where r.id = t.id',
      [rows.map(({ id }) => id), rows.map(({ document_no: no }) => documentKey(no))],
    );
  }
  await knex.raw(`
    update record r set document_key = null where exists (
      select 1 from record o where o.unit = r.unit and o.document_key = r.document_key and o.decided_on = r.decided_on and o.subject_id = r.subject_id
        and (o.stored_at, o.id) < (r.stored_at, r.id))
  `);
}

interface Indexed {
  id: string;
  texts: string[];
}

/** The index terms of rows whose texts are indexed otherwise than before. */
async function writeTerms(knex: Knex, table: 'subject' | 'record' | 'portal_binding', sql: string): Promise<void> {
  const { rows }: { rows: Indexed[] } = await knex.raw(sql, [CHANGED]);
  for (const { id, texts } of rows) {
    await knex(table).where({ id }).update({ search: knex.raw('array_to_tsvector(?::text[])', [indexTerms(...texts)]) });
  }
}

/**
 * One document has one key however its number is written, and what looks alike is found alike: `folded(text)` is what
 * a text is compared as in a query, and the index terms of texts with unseen marks or look-alike radicals are made anew.
 * Those of case files are a part of their projections: `xinzhi mend-text` writes them.
 */
export async function up(knex: Knex): Promise<void> {
  await knex.raw(`
    create function folded(text) returns text language sql immutable strict parallel safe
      return translate(regexp_replace(normalize(regexp_replace($1, '${IGNORED}', '', 'g'), nfkc), '${IGNORED}', '', 'g'), '${RADICALS}', '${IDEOGRAPHS}');
    -- Null: the same document was stored before under a number written otherwise.
    alter table record add column document_key text;
  `);
  await writeKeys(knex);
  await knex.raw('create unique index record_document_key on record (unit, document_key, decided_on, subject_id)');
  await writeTerms(knex, 'subject', `
    select id, texts from (
      select s.id, array[s.name, coalesce(s.uscc, '')] || array(select c.before ->> 'name' from subject_change c where c.subject_id = s.id and c.before ->> 'name' is not null) as texts
      from subject s where s.kind = 'organisation') named
    where array_to_string(texts, ' ') ~ ?`);
  await knex.raw('update published_subject p set search = s.search from subject s where s.id = p.subject_id and s.search <> p.search');
  await writeTerms(knex, 'record', `
    select id, texts from (
      select r.id, array[r.document_no] || case when r.state -> 'facts' -> 'subject' ->> 'kind' = 'organisation'
          then array[r.state -> 'facts' -> 'subject' ->> 'name', r.state -> 'facts' -> 'subject' ->> 'uscc'] else '{}' end as texts
      from record r where r.state::text !~* '\\\\u(d[89a-f]|0000)') named
    where array_to_string(texts, ' ') ~ ?`);
  await writeTerms(knex, 'portal_binding', `
    select id, array[name, uscc] as texts from portal_binding where kind = 'organisation' and name ~ ?`);
}

export async function down(knex: Knex): Promise<void> {
  await knex.raw(`
    drop index record_document_key;
    alter table record drop column document_key;
    drop function folded(text);
  `);
}

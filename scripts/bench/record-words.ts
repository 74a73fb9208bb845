import type { Knex } from 'knex';
import type { Frequencies } from './firms.ts';
import type { Statement } from './page-floors.ts';

/** A page, who looks at it, its address, and the statements that one would write for it alone. */
export interface RecordPage {
  readonly page: string;
  /** Null for everybody. */
  readonly who: string | null;
  readonly path: string;
  readonly statements: readonly Statement[];
}

export const having = (table: string, ...terms: string[]): string => `${table}.search @@ '${terms.map((term) => `''${term}''`).join(' & ')}'::tsquery`;
export const pairs = (text: string): string[] => Array.from({ length: text.length - 1 }, (_, n) => text.slice(n, n + 2));

type Chosen = Readonly<Record<'frequent' | 'between' | 'rare', string>>;

/** Terms of one length that firms with a public record have: the most frequent, one of some thousand subjects, the rarest. */
function chosen(terms: readonly string[], frequencies: Frequencies): Chosen {
  const by = terms.toSorted((a, b) => (frequencies.get(b) ?? 0) - (frequencies.get(a) ?? 0));
  const between = by.find((term) => (frequencies.get(term) ?? 0) < 3000);
  return { frequent: by[0]!, between: between ?? by[0]!, rare: by.at(-1)! };
}

/** What is looked for: words by which many and few firms are called, and a firm of which something is public. */
export interface Wanted {
  readonly firm: { readonly record: string; readonly uscc: string; readonly name: string; readonly word: string };
  readonly one: Chosen;
  readonly two: Chosen;
}

/** @throws when nothing is public. */
export async function wantedOf(knex: Knex, frequencies: Frequencies): Promise<Wanted> {
  const rows: { id: string; uscc: string; name: string }[] = await knex('record as r').join('subject as s', 's.id', 'r.subject_id')
    .where({ 'r.public': true, 's.kind': 'organisation' }).whereLike('s.uscc', '91321300MA0%').orderBy('r.published_at', 'desc').limit(2000).select('r.id', 's.uscc', 's.name');
  const words = new Map(rows.map(({ name }) => [name, name.slice(2).replace(/(?:食品|商贸|木业|建筑工程|网络科技|花木|化工|物流|餐饮管理)有限公司$|饭店$|超市$|便利店$|五金店$|家庭农场$|养殖专业合作社$/u, '')]));
  const [first] = rows;
  if (!first) throw new Error('No record is public.');
  return {
    firm: { record: first.id, uscc: first.uscc, name: first.name, word: words.get(first.name)! },
    one: chosen([...new Set([...words.values()].flatMap((word) => [...word]))], frequencies),
    two: chosen([...new Set([...words.values()].flatMap(pairs))], frequencies),
  };
}

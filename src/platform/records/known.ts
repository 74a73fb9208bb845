import type { Knex } from 'knex';
import type { RecordSubject } from '../../rules/records/facts.ts';
import type { Seal } from '../seal.ts';
import { asSubject, sameName, type FoundSubject, type NamedSubject, type SubjectRow } from './subjects.ts';

type Known = Pick<SubjectRow, 'id' | 'kind' | 'uscc' | 'name' | 'sealed'> & { readonly former: string[] };

const columns = `s.id, s.kind, s.uscc, s.name, s.sealed, array(
    select c.before ->> 'name' from subject_change c where c.subject_id = s.id and c.before ->> 'name' is not null order by c.id
  ) as former`;

/** Those that live first, as a code that two firms have is asked for the living one. */
const inOrder = `order by array_position(array['living', 'revoked', 'deregistered', 'merged'], s.standing), s.created_at`;

async function organisations(knex: Knex, codes: readonly string[]): Promise<ReadonlyMap<string, Known[]>> {
  const { rows }: { rows: Known[] } = await knex.raw(`select ${columns} from subject s where s.uscc = any(?::text[]) ${inOrder}`, [[...codes]]);
  const found = new Map<string, Known[]>();
  for (const row of rows) found.set(row.uscc ?? '', [...(found.get(row.uscc ?? '') ?? []), row]);
  return found;
}

async function persons(knex: Knex, seal: Seal, idNumbers: readonly string[]): Promise<ReadonlyMap<string, RecordSubject>> {
  const sealed = await seal.findMany(knex, idNumbers);
  const rows: SubjectRow[] = await knex('subject').whereRaw('sealed = any(?::uuid[])', [[...sealed.values()]]).select('id', 'kind', 'uscc', 'name', 'sealed');
  const bySeal = new Map(rows.map((row) => [row.sealed, asSubject(row)]));
  return new Map([...sealed].flatMap(([idNumber, id]) => {
    const subject = bySeal.get(id);
    return subject ? [[idNumber, subject] as const] : [];
  }));
}

/**
 * What `subjectsNamed` would answer, with nothing made, renamed or frozen: null for a subject that it would make. For
 * those who want to know before they decide.
 */
export async function subjectsKnown(knex: Knex, seal: Seal, named: readonly NamedSubject[]): Promise<(FoundSubject | null)[]> {
  const firms = await organisations(knex, [...new Set(named.flatMap((one) => (one.kind === 'organisation' ? [one.uscc] : [])))]);
  const people = await persons(knex, seal, [...new Set(named.flatMap((one) => (one.kind === 'person' ? [one.idNumber] : [])))]);
  return named.map((one): FoundSubject | null => {
    if (one.kind === 'person') {
      const subject = people.get(one.idNumber);
      return subject ? { subject } : null;
    }
    const rows = firms.get(one.uscc) ?? [];
    const own = rows.find((row) => sameName(row.name, one.name)) ?? rows.find(({ former }) => former.some((name) => sameName(name, one.name)));
    if (own) return { subject: asSubject({ ...own, name: one.name }) };
    const [first] = rows;
    if (!first || one.difference === 'another') return null;
    return one.difference === 'renamed' ? { subject: asSubject({ ...first, name: one.name }) } : { otherName: { id: first.id, name: first.name } };
  });
}

import { randomUUID } from 'node:crypto';
import type { Knex } from 'knex';
import type { CivilDate } from '../../rules/casefile/types.ts';
import { maskName, maskResidentId } from '../../rules/masking/index.ts';
import { bornOf, isUnderAge } from '../../rules/records/bars.ts';
import type { RecordSubject } from '../../rules/records/facts.ts';
import { indexTerms } from '../../rules/search/tokens.ts';
import { plainName } from '../../rules/text/alike.ts';
import { rowsAs, type Column } from '../arrays.ts';
import type { Seal } from '../seal.ts';
import { vectorOf } from '../search.ts';
import { writeDoubleCodes } from './codes.ts';
import { renewPublishedSubject } from './published.ts';
import { writeFrozen } from './releases.ts';

export const subjectStandings = ['living', 'deregistered', 'revoked', 'merged'] as const;
export type SubjectStanding = (typeof subjectStandings)[number];

/**
 * A subject as somebody names it, with a code that is checked and clean. `difference` decides what is to be done when
 * its unified code belongs to a subject of another name: the firm was renamed, or it is another firm with the same code
 * (重码); null leaves it to a person.
 */
export type NamedSubject =
  | { readonly kind: 'organisation'; readonly uscc: string; readonly name: string; readonly difference?: 'renamed' | 'another' | null }
  | { readonly kind: 'person'; readonly name: string; readonly idNumber: string };

/** The subject that was named; or the one that has its code under another name. */
export type FoundSubject = { readonly subject: RecordSubject } | { readonly otherName: { readonly id: string; readonly name: string } };

/** Who changed a subject, and why. */
export interface SubjectActing {
  readonly person: string | null;
  readonly reason: string;
}

export interface SubjectRow {
  id: string;
  kind: 'organisation' | 'person';
  uscc: string | null;
  name: string;
  standing: SubjectStanding;
  representative: string | null;
  sealed: string | null;
  frozen: boolean;
  version: number;
  created_at: Date;
}

/** Fields of a subject that have a history. */
export interface SubjectFields {
  name: string;
  uscc: string | null;
  standing: SubjectStanding;
  representative: string | null;
  frozen: boolean;
}

/** How a person is shown wherever his records are: the first character of his name, the ends of his number. */
export const maskedPerson = (name: string, idNumber: string): string => `${maskName(name)} ${maskResidentId(idNumber)}`;

/** The subject as a record of that day names it: of a person with whether he was under age, by his number. */
export function subjectOn(subject: RecordSubject, named: NamedSubject, decidedOn: CivilDate): RecordSubject {
  const born = named.kind === 'person' ? bornOf(named.idNumber) : null;
  return subject.kind === 'person' && born !== null && isUnderAge(born, decidedOn) ? { ...subject, minor: true } : subject;
}

/** Names that differ in width, spaces, the form of brackets, look-alike radicals or marks that are not seen are one. */
export const sameName = (a: string, b: string): boolean => a === b || plainName(a) === plainName(b);

export const asSubject = ({ id, kind, uscc, name }: Pick<SubjectRow, 'id' | 'kind' | 'uscc' | 'name'>): RecordSubject =>
  kind === 'organisation' ? { kind, id, uscc: uscc ?? '', name } : { kind, id, masked: name };

/** Index terms of an organisation: all names it ever had, and its code. A person is found by his number alone. */
const searchOf = (trx: Knex.Transaction, names: readonly string[], uscc: string | null): Knex.Raw =>
  trx.raw('array_to_tsvector(?::text[])', [indexTerms(...names, uscc ?? '')]);

const standingsFirst: readonly SubjectStanding[] = ['living', 'revoked', 'deregistered', 'merged'];

/** All of a row but its index terms, which are several times as long as the rest. */
const ownColumns = ['id', 'kind', 'uscc', 'name', 'standing', 'representative', 'sealed', 'frozen', 'version', 'created_at'] as const;

/** Organisations by code, those that live first. */
async function byCode(trx: Knex.Transaction, codes: readonly string[]): Promise<Map<string, SubjectRow[]>> {
  if (codes.length === 0) return new Map();
  const rows: SubjectRow[] = await trx('subject').whereRaw('uscc = any(?::text[])', [[...codes]]).orderBy('created_at').select(ownColumns);
  rows.sort((a, b) => standingsFirst.indexOf(a.standing) - standingsFirst.indexOf(b.standing));
  const found = new Map<string, SubjectRow[]>();
  for (const row of rows) found.set(row.uscc ?? '', [...(found.get(row.uscc ?? '') ?? []), row]);
  return found;
}

/** Names that subjects had before. */
async function formerNames(trx: Knex.Transaction, ids: readonly string[]): Promise<ReadonlyMap<string, string[]>> {
  if (ids.length === 0) return new Map();
  const rows: { subject_id: string; name: string }[] = await trx('subject_change').whereIn('subject_id', [...ids])
    .whereRaw(`before ->> 'name' is not null`).orderBy('id').select('subject_id', trx.raw(`before ->> 'name' as name`));
  const names = new Map<string, string[]>();
  for (const { subject_id: id, name } of rows) names.set(id, [...(names.get(id) ?? []), name]);
  return names;
}

/** Two transactions that make a subject of one code wait for each other; the codes are taken in order. */
async function lockCodes(trx: Knex.Transaction, codes: readonly string[]): Promise<void> {
  await trx.raw('select pg_advisory_xact_lock(hashtextextended(code, 4711003)) from (select unnest(?::text[]) as code order by 1) codes', [[...codes]]);
}

/**
 * The subjects that were named, each found by its code or made; answers in the order of the names. A code that belongs
 * to another name is answered with that one, unless it was decided what is to be done.
 */
export async function subjectsNamed(trx: Knex.Transaction, seal: Seal, named: readonly NamedSubject[], acting: SubjectActing): Promise<FoundSubject[]> {
  const codes = [...new Set(named.flatMap((one) => (one.kind === 'organisation' ? [one.uscc] : [])))];
  const known = await byCode(trx, codes);
  // What has to be made, or told apart, is looked at again by one transaction after the other.
  const unknown = named.flatMap((one) => (one.kind === 'organisation' && !known.get(one.uscc)?.some((row) => sameName(row.name, one.name)) ? [one.uscc] : []));
  const touched = [...new Set(unknown)];
  if (touched.length > 0) {
    await lockCodes(trx, touched);
    const again = await byCode(trx, touched);
    for (const code of touched) known.delete(code);
    for (const [code, rows] of again) known.set(code, rows);
    await makeMissing(trx, named, known);
  }
  const former = await formerNames(trx, touched.flatMap((code) => known.get(code) ?? []).map(({ id }) => id));

  const persons = await personsNamed(trx, seal, named.filter((one) => one.kind === 'person'));

  const answers: FoundSubject[] = [];
  for (const one of named) {
    if (one.kind === 'person') answers.push({ subject: persons.get(one.idNumber)! });
    else answers.push(await organisationNamed(trx, one, known, former, acting));
  }
  return answers;
}

async function organisationNamed(
  trx: Knex.Transaction,
  one: Extract<NamedSubject, { kind: 'organisation' }>,
  known: Map<string, SubjectRow[]>,
  former: ReadonlyMap<string, string[]>,
  acting: SubjectActing,
): Promise<FoundSubject> {
  const rows = known.get(one.uscc) ?? [];
  const own = rows.find((row) => sameName(row.name, one.name)) ?? rows.find((row) => former.get(row.id)?.some((name) => sameName(name, one.name)));
  // The record keeps the name that its document has.
  if (own) return { subject: asSubject({ ...own, name: one.name }) };
  const [first] = rows;
  if (first && one.difference === 'renamed') {
    const renamed = await changeSubject(trx, first, { name: one.name }, acting);
    rows[0] = renamed;
    return { subject: asSubject(renamed) };
  }
  if (first && one.difference !== 'another') return { otherName: { id: first.id, name: first.name } };
  const [made] = await makeOrganisations(trx, [one]);
  if (!first || !made) throw new Error(`subject ${one.uscc}: made by nobody`);
  known.set(one.uscc, [...rows, made]);
  await trx('subject_relation').insert({ subject_id: made.id, other: first.id, relation: 'sameCode', reason: acting.reason });
  await settleCodes(trx, [one.uscc], acting);
  return { subject: asSubject(made) };
}

type Firm = Pick<Extract<NamedSubject, { kind: 'organisation' }>, 'uscc' | 'name'>;

const firmColumns: readonly Column<Firm>[] = [
  { name: 'id', type: 'uuid', text: () => randomUUID() },
  { name: 'kind', type: 'text', text: () => 'organisation' },
  { name: 'uscc', type: 'text', text: ({ uscc }) => uscc },
  { name: 'name', type: 'text', text: ({ name }) => name },
  { name: 'search', type: 'tsvector', text: ({ name, uscc }) => vectorOf(indexTerms(name, uscc)) },
];

/** Inserts organisations that are not known yet. */
async function makeOrganisations(trx: Knex.Transaction, firms: readonly Firm[]): Promise<SubjectRow[]> {
  const { sql, bindings } = rowsAs(firmColumns, firms);
  const made: { rows: SubjectRow[] } = await trx.raw(
    `insert into subject (${firmColumns.map(({ name }) => name).join(', ')}) select * from ${sql} returning ${ownColumns.join(', ')}`,
    bindings,
  );
  return made.rows;
}

/** Makes a subject of each code that has none, under the name that comes first. The codes are locked. */
async function makeMissing(trx: Knex.Transaction, named: readonly NamedSubject[], known: Map<string, SubjectRow[]>): Promise<void> {
  const missing = new Map<string, Firm>();
  for (const one of named) if (one.kind === 'organisation' && !known.has(one.uscc) && !missing.has(one.uscc)) missing.set(one.uscc, one);
  if (missing.size === 0) return;
  for (const row of await makeOrganisations(trx, [...missing.values()])) known.set(row.uscc ?? '', [row]);
}

type NamedPerson = Extract<NamedSubject, { kind: 'person' }>;

/** Persons by their numbers, each found or made. */
async function personsNamed(trx: Knex.Transaction, seal: Seal, persons: readonly NamedPerson[]): Promise<ReadonlyMap<string, RecordSubject>> {
  if (persons.length === 0) return new Map();
  const sealed = await seal.subjects(trx, persons);
  const firstOf = new Map(persons.toReversed().map((person) => [sealed.get(person.idNumber)!, person]));
  const rows = [...firstOf].map(([id, { name, idNumber }]) => ({ id: randomUUID(), kind: 'person', name: maskedPerson(name, idNumber), sealed: id, search: searchOf(trx, [], null), age_known: true }));
  await trx('subject').insert(rows.toSorted((a, b) => (a.sealed < b.sealed ? -1 : 1))).onConflict('sealed').ignore();
  const known: SubjectRow[] = await trx('subject').whereIn('sealed', [...firstOf.keys()]).select(ownColumns);
  const bySeal = new Map(known.map((row) => [row.sealed, asSubject(row)]));
  return new Map([...sealed].map(([idNumber, id]) => [idNumber, bySeal.get(id)!]));
}

/**
 * Changes a subject and writes down what it was before, by whom and why. Its former names stay findable.
 * The row must be one that was read in this transaction.
 */
export async function changeSubject(trx: Knex.Transaction, subject: SubjectRow, change: Partial<SubjectFields>, { person, reason }: SubjectActing): Promise<SubjectRow> {
  const changed = Object.entries(change).filter(([field, value]) => subject[field as keyof SubjectFields] !== value);
  if (changed.length === 0) return subject;
  const after = Object.fromEntries(changed);
  const before = Object.fromEntries(changed.map(([field]) => [field, subject[field as keyof SubjectFields]]));
  await trx('subject_change').insert({ subject_id: subject.id, person_id: person, before: JSON.stringify(before), after: JSON.stringify(after), reason });
  const row = { ...subject, ...after };
  const names = [row.name, subject.name, ...((await formerNames(trx, [subject.id])).get(subject.id) ?? [])];
  const [updated] = (await trx('subject').where({ id: subject.id }).update({
    ...after, version: subject.version + 1, ...(row.kind === 'organisation' ? { search: searchOf(trx, names, row.uscc) } : {}),
  }).returning('*')) as SubjectRow[];
  if (row.kind === 'organisation') await renewPublishedSubject(trx, subject.id);
  return updated!;
}

/**
 * One code on two living firms (重码) freezes both: nothing of them is public, and nothing follows by itself from their
 * records, until one of them has another code or lives no longer. Brings the subjects of these codes to that, and calls
 * for a case in which the registry corrects it.
 */
export async function settleCodes(trx: Knex.Transaction, codes: readonly string[], acting: SubjectActing): Promise<void> {
  const rows: SubjectRow[] = await trx('subject').whereIn('uscc', [...codes]).orderBy('id').forUpdate().select('*');
  const living = (code: string | null): number => rows.filter(({ uscc, standing }) => uscc === code && standing === 'living').length;
  for (const row of rows) {
    const frozen = row.standing === 'living' && living(row.uscc) > 1;
    if (frozen === row.frozen) continue;
    const { version } = await changeSubject(trx, row, { frozen }, acting);
    await trx('record').where({ subject_id: row.id }).update({ frozen });
    await writeFrozen(trx, row.id, { frozen, version, at: new Date().toISOString() });
  }
  await writeDoubleCodes(trx, codes);
}

/** The subject's row, locked until the transaction ends. */
export async function lockSubject(trx: Knex.Transaction, id: string): Promise<SubjectRow | undefined> {
  return trx<SubjectRow>('subject').where({ id }).forUpdate().first();
}

/**
 * Another standing, code, name or representative. A subject whose code or standing changes may end a 重码, or begin one.
 * @returns the subject as it is then.
 */
export async function correctSubject(trx: Knex.Transaction, subject: SubjectRow, change: Partial<Omit<SubjectFields, 'frozen'>>, acting: SubjectActing): Promise<SubjectRow> {
  const codes = [...new Set([subject.uscc, change.uscc ?? subject.uscc])].flatMap((code) => (code === null ? [] : [code]));
  await lockCodes(trx, codes);
  await changeSubject(trx, subject, change, acting);
  await settleCodes(trx, codes, acting);
  const row = await trx<SubjectRow>('subject').where({ id: subject.id }).first();
  return row!;
}

/**
 * A firm was merged into another: the two are related. Its records stay with it; whether one of them counts against the
 * successor is for a person to decide, with its basis.
 */
export async function mergeSubject(trx: Knex.Transaction, subject: SubjectRow, into: SubjectRow, acting: SubjectActing): Promise<SubjectRow> {
  const merged = await correctSubject(trx, subject, { standing: 'merged' }, acting);
  await trx('subject_relation').insert({ subject_id: subject.id, other: into.id, relation: 'mergedInto', reason: acting.reason }).onConflict(['subject_id', 'other', 'relation']).ignore();
  return merged;
}

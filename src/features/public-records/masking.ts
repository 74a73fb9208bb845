import type { Knex } from 'knex';
import type { Seal } from '../../platform/seal.ts';
import { maskName, maskText } from '../../rules/masking/index.ts';
import type { WholeRecord } from './queries.ts';

/** A record with what tells the names in its texts. */
export type NamedRecord = Pick<WholeRecord, 'state' | 'representative' | 'sealed'>;

/** What a record says, as everybody may read it. */
export interface MaskedTexts {
  readonly act: string;
  readonly decision: string;
  readonly legalBasis: string;
  readonly documentNo: string;
}

/** Masks a text about one record. */
export type Masks = (text: string) => string;

/**
 * Masks what was written by hand. Names that the house knows (the person himself, a firm's legal representative) are
 * masked wherever they stand; of others those that the words beside them give away.
 */
function masksBy(representative: string | null, person: string | undefined): Masks {
  // A single character is no name: masking it everywhere would leave nothing to read.
  const names = [person, representative].filter((name): name is string => name !== undefined && name !== null && [...name].length > 1);
  return (text) => maskText(names.reduce((all, name) => all.replaceAll(name, maskName(name)), text)).masked;
}

export function maskRecord({ state: { facts }, representative }: Omit<NamedRecord, 'sealed'>, person: string | undefined): MaskedTexts {
  const masked = masksBy(representative, person);
  return { act: masked(facts.act), decision: masked(facts.decision), legalBasis: masked(facts.legalBasis), documentNo: maskText(facts.documentNo).masked };
}

async function personsIn(knex: Knex, seal: Seal, records: readonly Pick<NamedRecord, 'sealed'>[]): Promise<(record: Pick<NamedRecord, 'sealed'>) => string | undefined> {
  const sealed = records.flatMap((record) => (record.sealed === null ? [] : [record.sealed]));
  const persons = await seal.openSubjects(knex, sealed);
  return (record) => (record.sealed === null ? undefined : persons.get(record.sealed)?.name);
}

/** The same for several records: the identities of persons are opened in one statement, and kept by nobody. */
export async function maskRecords(knex: Knex, seal: Seal, records: readonly NamedRecord[]): Promise<MaskedTexts[]> {
  const person = await personsIn(knex, seal, records);
  return records.map((record) => maskRecord(record, person(record)));
}

/** For each of these what masks any text about it. */
export async function masksOf(knex: Knex, seal: Seal, records: readonly Omit<NamedRecord, 'state'>[]): Promise<Masks[]> {
  const person = await personsIn(knex, seal, records);
  return records.map((record) => masksBy(record.representative, person(record)));
}

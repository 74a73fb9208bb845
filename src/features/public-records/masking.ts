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

/**
 * Masks what was written by hand. Names that the house knows (the person himself, a firm's legal representative) are
 * masked wherever they stand; of others those that the words beside them give away.
 */
export function maskRecord({ state: { facts }, representative }: Omit<NamedRecord, 'sealed'>, person: string | undefined): MaskedTexts {
  // A single character is no name: masking it everywhere would leave nothing to read.
  const names = [person, representative].filter((name): name is string => name !== undefined && name !== null && [...name].length > 1);
  const masked = (text: string): string => maskText(names.reduce((all, name) => all.replaceAll(name, maskName(name)), text)).masked;
  return { act: masked(facts.act), decision: masked(facts.decision), legalBasis: masked(facts.legalBasis), documentNo: maskText(facts.documentNo).masked };
}

/** The same for several records: the identities of persons are opened in one statement, and kept by nobody. */
export async function maskRecords(knex: Knex, seal: Seal, records: readonly NamedRecord[]): Promise<MaskedTexts[]> {
  const sealed = records.flatMap((record) => (record.sealed === null ? [] : [record.sealed]));
  const persons = await seal.openSubjects(knex, sealed);
  return records.map((record) => maskRecord(record, record.sealed === null ? undefined : persons.get(record.sealed)?.name));
}

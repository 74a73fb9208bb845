import type { Knex } from 'knex';
import { maskText, type Passage } from '../../rules/masking/index.ts';
import type { RecordState } from '../../rules/records/file.ts';
import type { Seal } from '../seal.ts';

/** What tells the names in texts about a subject: a firm's legal representative, a person's identity. */
export interface NamedSubjectRow {
  readonly representative: string | null;
  readonly sealed: string | null;
}

/** A record with what tells the names in its texts. */
export interface NamedRecord extends NamedSubjectRow {
  readonly state: Pick<RecordState, 'facts' | 'passages'>;
}

/** What a record says, as everybody may read it. */
export interface MaskedTexts {
  readonly act: string;
  readonly decision: string;
  readonly legalBasis: string;
  readonly documentNo: string;
}

/** Names that the house knows of each subject. Identities of persons are opened in one statement, and kept by nobody. */
export async function knownNames(knex: Knex, seal: Seal, subjects: readonly NamedSubjectRow[]): Promise<string[][]> {
  const persons = await seal.openSubjects(knex, subjects.flatMap(({ sealed }) => (sealed === null ? [] : [sealed])));
  return subjects.map(({ representative, sealed }) => {
    const person = sealed === null ? undefined : persons.get(sealed)?.name;
    // A single character is no name: masking it everywhere would leave nothing to read.
    return [person, representative].filter((name): name is string => typeof name === 'string' && [...name].length > 1);
  });
}

/** The same of one subject by its id. */
export async function namesOfSubject(knex: Knex, seal: Seal, id: string): Promise<string[]> {
  const row = await knex<NamedSubjectRow & { id: string }>('subject').where({ id }).first('representative', 'sealed');
  return row ? (await knownNames(knex, seal, [row]))[0]! : [];
}

/**
 * Masks known names and what persons marked wherever they stand; of others those that the words beside them give away,
 * and numbers and addresses.
 */
export const maskingOf = (names: readonly string[], passages: readonly Passage[] = []) => (text: string): string => maskText(text, names, passages).masked;

/** What of a record was written by hand. */
export const maskFacts = ({ act, decision, legalBasis, documentNo }: MaskedTexts, mask: (text: string) => string): MaskedTexts =>
  ({ act: mask(act), decision: mask(decision), legalBasis: mask(legalBasis), documentNo: mask(documentNo) });

/** Records as the public reads them. */
export async function maskRecords(knex: Knex, seal: Seal, records: readonly NamedRecord[]): Promise<MaskedTexts[]> {
  const names = await knownNames(knex, seal, records);
  return records.map(({ state }, n) => maskFacts(state.facts, maskingOf(names[n]!, state.passages)));
}

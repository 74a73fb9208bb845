import type { Knex } from 'knex';
import { handlersOf, type Reader } from '../../rules/casefile/as-read.ts';
import type { CaseState } from '../../rules/casefile/types.ts';
import type { RecordSubject } from '../../rules/records/facts.ts';
import { maskingOf, namesOfSubject } from '../records/masking.ts';
import type { Seal } from '../seal.ts';
import type { Sight } from '../visibility.ts';

/**
 * How a person reads a case that he may see; null where he reads it as it was written: the units that handle it and the
 * credit office do.
 */
export async function readerOf(knex: Knex, seal: Seal, { all, units }: Sight, state: CaseState): Promise<Reader | null> {
  const handlers = all ? null : handlersOf(state);
  if (handlers === null || units.some((unit) => handlers.has(unit))) return null;
  return { units, mask: maskingOf(await namesOfSubject(knex, seal, (state.opening['subject'] as RecordSubject).id)) };
}

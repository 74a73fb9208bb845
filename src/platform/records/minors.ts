import type { Logger } from 'pino';
import { bornOf, isUnderAge } from '../../rules/records/bars.ts';
import type { RecordState } from '../../rules/records/file.ts';
import { repeat } from '../repeat.ts';
import type { Seal } from '../seal.ts';
import { appendToLocked } from './append.ts';
import type { EndingParts } from './ends.ts';

const batch = 200;
const everyMs = 60_000;

/**
 * Finds out of persons who were on file before whether they were under age when their records were decided, and writes so
 * into these records' files. Until then nothing of them is public.
 * @returns how many persons it looked at.
 */
export async function withholdMinors({ knex, chain, readLaw, seal, now = () => new Date() }: EndingParts & { readonly seal: Seal }): Promise<number> {
  let count = 0;
  for (let found = batch; found === batch; count += found) {
    const law = await readLaw();
    found = await knex.transaction(async (trx) => {
      const persons: { id: string; sealed: string }[] = await trx('subject').where({ age_known: false }).orderBy('id').limit(batch).forUpdate().skipLocked().select('id', 'sealed');
      if (persons.length === 0) return 0;
      const identities = await seal.openSubjects(trx, persons.map(({ sealed }) => sealed));
      const born = new Map(persons.map(({ id, sealed }) => [id, bornOf(identities.get(sealed)?.idNumber ?? '')]));
      const heads: { id: string; state: RecordState; head_hash: Buffer }[] = await trx('record').whereIn('subject_id', [...born.keys()]).where({ withheld: false })
        .orderBy('id').forUpdate().select('id', 'state', 'head_hash');
      // Of a number that can't be read nobody knows the age: what is not known is not shown.
      const young = heads.filter(({ state }) => {
        const day = born.get(state.facts.subject.id) ?? null;
        return day === null || isUnderAge(day, state.facts.decidedOn);
      });
      const at = now().toISOString();
      const what = { type: 'record.withheld', because: 'minor' } as const;
      await appendToLocked(trx, young.map((head) => ({ head, key: 'withheld:minor', at, what })), { law, chain, recordedAt: at, actor: null, requestId: null });
      await trx('subject').whereIn('id', persons.map(({ id }) => id)).update({ age_known: true });
      return persons.length;
    });
  }
  return count;
}

/** Does so now and every minute, until the returned function is called, which waits for what is under way. */
export function startWithholding(parts: EndingParts & { readonly seal: Seal }, logger: Logger): () => Promise<void> {
  return repeat(
    everyMs,
    async () => {
      const count = await withholdMinors(parts);
      if (count > 0) logger.info({ count }, 'it was looked at whether persons on file were under age');
    },
    (error) => logger.warn({ err: error }, 'looking at the age of persons on file failed; it is tried again in a minute'),
  );
}

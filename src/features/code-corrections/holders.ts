import type { Knex } from 'knex';
import type { Facts } from '../../platform/http/view-models.ts';
import type { SubjectRow } from '../../platform/records/subjects.ts';
import { codeCorrectionOpeningOf } from '../../rules/code-correction/facts.ts';
import type { CaseState } from '../../rules/casefile/types.ts';
import type { Words } from '../tasks/index.ts';

type Holder = Pick<SubjectRow, 'id' | 'name' | 'uscc' | 'standing'>;

/** The firms that had the code, and those that have it, as they stand now. */
async function holdersOf(knex: Knex, state: CaseState): Promise<Holder[]> {
  const { uscc, holders } = codeCorrectionOpeningOf(state);
  return (await knex('subject').where({ uscc }).orWhereIn('id', holders.map(({ id }) => id)).orderBy('created_at').orderBy('id')
    .select('id', 'name', 'uscc', 'standing')) as Holder[];
}

/** Each with its code and registration, and the way to correct them while that is somebody's work. */
export async function holderFacts(knex: Knex, state: CaseState, { t }: Words, { toCorrect }: { toCorrect: boolean }): Promise<Facts> {
  const { uscc } = codeCorrectionOpeningOf(state);
  return {
    items: (await holdersOf(knex, state)).flatMap((holder) => [
      {
        term: t(`codeCorrections:holder.${holder.uscc !== uscc ? 'other' : holder.standing === 'living' ? 'has' : 'had'}`),
        value: { kind: 'link' as const, href: `/subjects/${holder.id}`, label: holder.name, note: t('codeCorrections:holder.now', { code: holder.uscc, standing: t(`subjects:standing.${holder.standing}`) }) },
        wide: true,
      },
      ...(toCorrect ? [{ term: t('codeCorrections:holder.correct'), value: { kind: 'link' as const, href: `/subjects/${holder.id}/correct`, label: t('codeCorrections:holder.form', { name: holder.name }) }, wide: true }] : []),
    ]),
  };
}

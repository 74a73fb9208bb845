import type { Facts } from '../../../platform/http/view-models.ts';
import { maskFacts } from '../../../platform/records/masking.ts';
import type { RecordRef } from '../../../rules/repair/facts.ts';
import type { RecordState } from '../../../rules/records/file.ts';
import { standingOf } from '../../../rules/records/file.ts';
import { becauseInWords } from '../../records/index.ts';
import type { Block, StageContext, Words } from '../../tasks/index.ts';

/** The record of a case as it stands now; one whose unit only used it reads what the public reads. */
export async function readRecord({ knex, reader }: Pick<StageContext, 'knex' | 'reader'>, { id }: Pick<RecordRef, 'id'>): Promise<RecordState | null> {
  const row: { state: RecordState } | undefined = await knex('record').where({ id }).first('state');
  if (!row) return null;
  return reader ? { ...row.state, facts: { ...row.state.facts, ...maskFacts(row.state.facts, reader.mask) } } : row.state;
}

/** What the record says, and why it is of its class. */
export function recordText(record: RecordState, { t, unit }: Words): Facts {
  const { facts, publicity } = record;
  return {
    items: [
      { term: t('repairs:record.document'), value: { kind: 'link', href: `/records/${record.id}`, label: facts.documentNo, note: unit(facts.unit, 'short') } },
      { term: t('repairs:record.standing'), value: t(`records:standing.${standingOf(record)}`) },
      { term: t('repairs:record.class'), value: t(`records:className.${publicity.class}`) },
      { term: t('repairs:record.performed'), value: t(facts.performed ? 'repairs:record.performedYes' : 'repairs:record.performedNo') },
      { term: t('records:why'), value: becauseInWords(publicity, t), wide: true },
      { term: t('repairs:record.act'), value: facts.act, wide: true },
      { term: t('repairs:record.decision'), value: facts.decision, wide: true },
      { term: t('records:legalBasis'), value: facts.legalBasis, wide: true },
    ],
  };
}

/** The record with its dates, each with the rule it follows from. */
export function recordFacts(record: RecordState, words: Words): Facts {
  const { t, moments, unit } = words;
  const { facts, publicity } = record;
  const day = (date: string | null, none: string) => (date === null ? t(none) : { kind: 'when' as const, when: moments.day(date) });
  return {
    items: [
      { term: t('repairs:record.document'), value: { kind: 'link', href: `/records/${record.id}`, label: facts.documentNo, note: unit(facts.unit, 'short') } },
      { term: t('repairs:record.standing'), value: t(`records:standing.${standingOf(record)}`) },
      { term: t('repairs:record.class'), value: t(`records:className.${publicity.class}`) },
      { term: t('repairs:record.performed'), value: t(facts.performed ? 'repairs:record.performedYes' : 'repairs:record.performedNo') },
      { term: t(`repairs:record.start.${publicity.startsAt}`), value: { kind: 'when', when: moments.day(publicity.start) } },
      { term: t('repairs:record.minUntil'), value: day(publicity.minUntil, 'repairs:record.noMin') },
      { term: t('repairs:record.maxUntil'), value: day(publicity.maxUntil, 'repairs:record.untilCured') },
      { term: t('repairs:record.basis'), value: publicity.legalBasis, wide: true },
      { term: t('repairs:record.act'), value: facts.act, wide: true },
      { term: t('repairs:record.decision'), value: facts.decision, wide: true },
    ],
  };
}

/** A measure that a unit registered because of a record. */
export function measureBlock({ measure, legalBasis, since }: RecordState['uses'][string], { t, moments }: Words): Block {
  return {
    kind: 'facts',
    title: t('repairs:form.release.measure'),
    facts: {
      items: [
        { term: t('repairs:form.release.what'), value: measure, wide: true },
        { term: t('repairs:record.basis'), value: legalBasis, wide: true },
        { term: t('repairs:form.release.since'), value: { kind: 'when', when: moments.day(new Date(since)) } },
      ],
    },
  };
}

/** The record as it is to be read before a form; a notice when it is gone from the tables. */
export async function recordBlocks(context: StageContext, ref: RecordRef): Promise<Block[]> {
  const record = await readRecord(context, ref);
  const { words } = context;
  if (!record) return [{ kind: 'notice', notice: { tone: 'late', text: words.t('repairs:record.missing') } }];
  return [{ kind: 'facts', title: words.t('repairs:record.title'), facts: recordFacts(record, words) }];
}

import type { Knex } from 'knex';
import { recordsHolding, sameFacts } from '../../../platform/records/append.ts';
import type { RecordSubject } from '../../../rules/records/facts.ts';
import type { RecordFacts } from '../../../rules/records/facts.ts';
import type { RecordState } from '../../../rules/records/file.ts';
import { documentKey } from '../../../rules/text/alike.ts';
import type { Column, Table } from './columns.ts';
import type { CorrectionNote } from './imports.ts';

/** Facts that the table of double publicity has no column for: a file that does not have them does not take them away. */
const maybeAbsent = ['domain', 'publishedOn', 'summaryProcedure'] as const satisfies readonly (Column & keyof RecordFacts)[];

/** The facts of a row as a correction of a known record. What was performed stays so. */
export function asCorrection(facts: RecordFacts, { facts: before }: RecordState, { places }: Pick<Table, 'places'>): RecordFacts {
  const kept = Object.fromEntries(maybeAbsent.filter((column) => !places.has(column)).map((column) => [column, before[column]]));
  const scope = !places.has('useScope') && before.insideOnly ? { insideOnly: before.insideOnly } : {};
  return { ...facts, ...kept, ...scope, performed: before.performed || facts.performed };
}

export const isSame = (facts: RecordFacts, { facts: before }: RecordState): boolean => sameFacts(facts, before);

const short = ['kind', 'domain', 'publishedOn', 'penaltyKinds', 'summaryProcedure', 'fine', 'confiscated', 'insideOnly'] as const satisfies readonly (keyof RecordFacts)[];
const long = ['legalBasis', 'act', 'decision'] as const satisfies readonly (keyof RecordFacts)[];

/** What a correction changes. Long texts may name persons, and stay in the file of the record. */
export function changesOf(before: RecordFacts, after: RecordFacts): CorrectionNote['changes'] {
  const differs = (field: keyof RecordFacts): boolean => JSON.stringify(before[field]) !== JSON.stringify(after[field]);
  return [
    ...short.filter(differs).map((field) => ({ field, before: before[field], after: after[field] })),
    ...long.filter(differs).map((field) => ({ field })),
  ];
}

const documentOf = ({ documentNo, decidedOn, subject }: Pick<RecordFacts, 'documentNo' | 'decidedOn'> & { readonly subject: Pick<RecordSubject, 'id'> }): string =>
  `${subject.id} ${decidedOn} ${documentKey(documentNo)}`;

/** Of each of these facts the record that holds its document already. */
export async function holdersOf(knex: Knex, all: readonly RecordFacts[]): Promise<(facts: RecordFacts) => RecordState | undefined> {
  if (all.length === 0) return () => undefined;
  // Of a record that is not stored yet nobody has the id.
  const states = await recordsHolding(knex, all.map((facts) => ({ id: facts.subject.id, facts })));
  const byDocument = new Map(states.map((state) => [documentOf(state.facts), state]));
  return (facts) => byDocument.get(documentOf(facts));
}

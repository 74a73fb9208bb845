import { mergedCases } from '../../../platform/merged-reports.ts';
import type { CaseState, CivilDate } from '../../../rules/casefile/types.ts';
import { isOfMinor, lastOf, openingOf, type IncidentForms } from '../../../rules/incident/facts.ts';
import { bornIn, bornOf, isUnderAge } from '../../../rules/records/bars.ts';
import type { StageContext } from '../../tasks/index.ts';

/** What persons wrote of an incident, by which its subject may become known: the report, what was found, and the opinion. */
function writtenOf(state: CaseState): string[] {
  const opinion = lastOf(state, 'opinion')?.form;
  const handled = Object.values(state.tasks).filter(({ stage, status }) => stage === 'handle' && status === 'done').map(({ form }) => (form as IncidentForms['handle']).result);
  return [openingOf(state).what, lastOf(state, 'verify')?.form.finding ?? '', ...handled, ...(opinion ? [opinion.facts, opinion.decision] : [])];
}

/** Whether texts say of whom they are about that he was under age on that day. */
export const saysMinor = (texts: readonly string[], on: CivilDate): boolean => texts.some((text) => bornIn(text).some((born) => isUnderAge(born, on)));

/**
 * Whether a subject was under eighteen on the day of the incident, by everything that is known now: what the report was opened
 * with, the sealed numbers of its persons, which files of before were not asked for, those of reports that were merged into it,
 * and what was written since. Nothing of it is published then (未成年人保护法 article 103).
 */
export async function isMinors({ knex, seal, state }: Pick<StageContext, 'knex' | 'seal' | 'state'>): Promise<boolean> {
  const cases = [state, ...(await mergedCases(knex, state.id))];
  if (cases.some((one) => isOfMinor(openingOf(one)) || saysMinor(writtenOf(one), openingOf(one).occurredOn))) return true;
  const persons = cases.flatMap((one) => {
    const { subjects, occurredOn } = openingOf(one);
    return subjects.flatMap((subject) => (subject.kind === 'person' ? [{ sealed: subject.sealed, occurredOn }] : []));
  });
  const identities = await seal.openSubjects(knex, persons.map(({ sealed }) => sealed));
  return persons.some(({ sealed, occurredOn }) => {
    const born = bornOf(identities.get(sealed)?.idNumber ?? '');
    return born !== null && isUnderAge(born, occurredOn);
  });
}

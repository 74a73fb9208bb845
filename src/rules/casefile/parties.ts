import { applicantAudience, type CaseState } from './types.ts';

/** Stages that the kernel itself opens beside the process: a decision about a task, a disclosure or a delay. */
export const sideStages = ['extension', 'withdrawal', 'supervision'] as const;
export type SideStage = (typeof sideStages)[number];
export const isSideStage = (stage: string): stage is SideStage => (sideStages as readonly string[]).includes(stage);

/** The unit that supervises the case: the credit office that received it. */
export function creditOfficeOf(state: CaseState): string {
  const offices = state.opening['offices'] as { creditOffice: string } | undefined;
  if (!offices) throw new Error(`case ${state.id}: its opening names no credit office`);
  return offices.creditOffice;
}

/** Units that have or had a part in the case; they may read it. */
export function partiesOf(state: CaseState): Set<string> {
  const parties = new Set<string>(Object.values(state.tasks).map((task) => task.audience.unit));
  parties.delete(applicantAudience.unit);
  parties.add(creditOfficeOf(state));
  // Units that are told and have nothing to do.
  for (const unit of (state.opening['informed'] as string[] | undefined) ?? []) parties.add(unit);
  if (state.openedBy && state.openedBy.unit !== applicantAudience.unit) parties.add(state.openedBy.unit);
  for (const { by } of state.joined ?? []) if (by.unit !== applicantAudience.unit) parties.add(by.unit);
  return parties;
}

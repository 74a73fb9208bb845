import { mergedInto } from '../../../platform/merged-reports.ts';
import { openingOf, reportOf, type Report } from '../../../rules/incident/facts.ts';
import type { StageContext } from '../../tasks/index.ts';

/** Somebody who is to be told, and whether he can be written to. */
export interface Reporter {
  readonly masked: string;
  /** Number of the report of his that was merged into this case; null for this case's own. */
  readonly mergedAs: string | null;
  readonly written: boolean;
}

/** Whoever reported the incident: here, or in a report that was merged into this one. */
export async function reportersOf({ knex, seal, state }: Pick<StageContext, 'knex' | 'seal' | 'state'>): Promise<Reporter[]> {
  const reports = [reportOf(state), ...(await mergedInto(knex, state.id))].filter((report): report is Report & { reporter: NonNullable<Report['reporter']> } => report.reporter !== null);
  const addresses = await seal.unsealReporters(knex, reports.map(({ reporter }) => reporter.sealed));
  return reports.map(({ caseId, caseNo, reporter }) => ({ masked: reporter.masked, mergedAs: caseId === state.id ? null : caseNo, written: addresses.has(reporter.sealed) }));
}

/** Names of the persons whom the incident is about, which no text for others holds. */
export async function namesIn({ knex, seal, state }: Pick<StageContext, 'knex' | 'seal' | 'state'>): Promise<string[]> {
  const sealed = openingOf(state).subjects.flatMap((subject) => (subject.kind === 'person' ? [subject.sealed] : []));
  return [...(await seal.openSubjects(knex, sealed)).values()].map(({ name }) => name).filter((name) => [...name].length > 1);
}

/** Names that no text for everybody holds: of the persons whom it is about, of whoever stands for its firms, and of who reported. */
export async function namesForPublic(context: Pick<StageContext, 'knex' | 'seal' | 'state'>): Promise<string[]> {
  const { knex, seal, state } = context;
  const codes = openingOf(state).subjects.flatMap((subject) => (subject.kind === 'organisation' ? [subject.uscc] : []));
  const reports = [reportOf(state), ...(await mergedInto(knex, state.id))];
  const [persons, firms, reporters] = await Promise.all([
    namesIn(context),
    knex<{ uscc: string; representative: string | null }>('subject').whereIn('uscc', codes).whereNotNull('representative').select('representative'),
    seal.reporterNames(knex, reports.flatMap(({ reporter }) => (reporter === null ? [] : [reporter.sealed]))),
  ]);
  return [...new Set([...persons, ...firms.map(({ representative }) => representative ?? ''), ...reporters].filter((name) => [...name].length > 1))];
}

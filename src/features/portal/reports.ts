import type { Request } from 'express';
import type { Knex } from 'knex';
import { createMoments } from '../../platform/http/moments.ts';
import type { Facts } from '../../platform/http/view-models.ts';
import { leadingCase } from '../../platform/merged-reports.ts';
import type { Unit } from '../../platform/units.ts';
import { isClosed } from '../../rules/casefile/fold.ts';
import { creditOfficeOf } from '../../rules/casefile/parties.ts';
import { disclosureNumber } from '../../rules/casefile/rows.ts';
import type { CaseState, Instant, TaskState } from '../../rules/casefile/types.ts';
import { accountableUnit, openingOf, replyOf } from '../../rules/incident/facts.ts';
import { stepOf } from '../../rules/incident/process.ts';
import { nameOf, type Progress } from './case-presenter.ts';

/** What somebody reported, and the case with which it goes on where it was merged into another one. */
export interface FoundReport {
  readonly own: CaseState;
  readonly leading: CaseState | null;
}

/** An incident that somebody outside the house reported; undefined for a number that is none. */
export async function findReport(knex: Knex, caseNo: string): Promise<FoundReport | undefined> {
  const row: { state: CaseState } | undefined = await knex('case_file').where({ case_no: caseNo, kind: 'incident' }).first('state');
  if (!row || openingOf(row.state).reporter === null) return undefined;
  const isMerged = isClosed(row.state) && row.state.closings.at(-1)?.outcome === 'duplicate';
  return { own: row.state, leading: isMerged ? await leadingCase(knex, row.state.id) : null };
}

/** Ends of stages that are told to whoever reported; what goes on within the house is not. */
const told = ['assign.assigned', 'approve.approved', 'feedback.fedBack'] as const;
const toldOfOwn = ['verify.founded', 'verify.unfounded', 'verify.duplicate'] as const;

interface Step {
  readonly key: string;
  readonly at: Instant;
  readonly unit: string;
}

function ended({ tasks }: CaseState, ends: readonly string[]): (TaskState & { doneAt: Instant })[] {
  return Object.values(tasks).filter((task): task is TaskState & { doneAt: Instant } => task.doneAt !== null && ends.includes(`${task.stage}.${task.outcome ?? ''}`));
}

function stepsOf({ own, leading }: FoundReport): Step[] {
  const goesOn = leading ?? own;
  const unitOf = ({ stage, audience }: TaskState): string => (stage === 'assign' ? (accountableUnit(goesOn) ?? audience.unit) : audience.unit);
  const closing = goesOn.closings.at(-1);
  return [
    { key: 'opened', at: own.openedAt, unit: '' },
    ...ended(own, toldOfOwn).map((task) => ({ key: `${task.stage}.${task.outcome ?? ''}`, at: task.doneAt, unit: task.audience.unit })),
    ...ended(goesOn, told).map((task) => ({ key: `${task.stage}.${task.outcome ?? ''}`, at: task.doneAt, unit: unitOf(task) })),
    ...goesOn.disclosures.filter(({ status }) => status === 'published').map(({ from, unit }) => ({ key: 'published', at: from, unit })),
    // That it was unfounded, or merged, is told above.
    ...(closing && isClosed(goesOn) && (closing.outcome === 'handled' || leading) ? [{ key: `closed.${closing.outcome}`, at: closing.at, unit: '' }] : []),
  ].toSorted((a, b) => (a.at < b.at ? -1 : a.at > b.at ? 1 : 0));
}

/** The answer, as it was sent. */
export interface Reply {
  readonly paragraphs: readonly string[];
  readonly facts: Facts;
}

/** How far it is and what was answered: of the case that leads, without a word of who else reported. */
export function presentReport(found: FoundReport, units: readonly Unit[], req: Pick<Request, 't' | 'locale'>): { progress: Progress; reply: Reply | null } {
  const { t } = req;
  const moments = createMoments(t);
  const name = nameOf(units, req);
  const goesOn = found.leading ?? found.own;
  const step = stepOf(goesOn);
  const said = replyOf(goesOn);
  const shown = goesOn.disclosures.find(({ status }) => status === 'published');
  return {
    progress: {
      now: step === null ? t('portal:now.closed') : t(`portal:now.incident.${step}`, { unit: name(accountableUnit(goesOn) ?? creditOfficeOf(goesOn)), office: name(creditOfficeOf(goesOn)) }),
      steps: stepsOf(found).map(({ key, at, unit }) => {
        const when = moments.day(new Date(at));
        return { when: when.text, iso: when.iso, what: t(`portal:step.incident.${key}`, { unit: name(unit) }), reason: null };
      }),
    },
    reply: said && {
      paragraphs: said.text.split(/\n+/u),
      facts: {
        items: [
          { term: t('portal:reply.unit'), value: name(said.unit) },
          { term: t('portal:reply.on'), value: { kind: 'when', when: moments.day(new Date(said.at)) } },
          ...(shown ? [{ term: t('portal:reply.opinion'), value: { kind: 'link' as const, href: `/public/opinions/${disclosureNumber(goesOn, shown)}`, label: shown.title }, wide: true }] : []),
        ],
      },
    },
  };
}

import type { Badge, DataTable, DecisionDocument, Facts, FileList, Heading, Notice, Page, StageBar, Timeline } from '../../../platform/http/view-models.ts';
import { isSideStage } from '../../../rules/casefile/acts.ts';
import { isClosed, openTasks } from '../../../rules/casefile/fold.ts';
import { taskSlug } from '../../../rules/casefile/rows.ts';
import type { CaseState, TaskState } from '../../../rules/casefile/types.ts';
import { lastOf, levelOf, openingOf } from '../../../rules/incident/facts.ts';
import { incidentStages, incidentSteps, stepOf, type IncidentStage } from '../../../rules/incident/process.ts';
import type { KindPages, Words } from '../../tasks/index.ts';
import { opinionDocument } from '../stages/opinion-document.ts';
import { levelBadge, standingOf } from '../words.ts';
import { presentActs, type CaseActs, type PostedAct } from './acts.ts';
import type { CaseRecord, Relatable } from './queries.ts';
import {
  caseHref, disclosuresOf, factsOf, filesOf, linksOf, mailsOf, opinionStatus, recusedFacts, recusedPersons, subjectsOf, tasksOf,
} from './sections.ts';
import { presentTimeline } from './timeline.ts';

export interface CasePage {
  page: Page;
  heading: Heading;
  notices: Notice[];
  stages: StageBar;
  facts: Facts;
  what: string[];
  subjects: DataTable;
  tasks: DataTable;
  past: DataTable;
  opinion: DecisionDocument | null;
  disclosures: Facts[];
  timeline: Timeline;
  files: FileList;
  links: Facts | null;
  mails: DataTable;
  recused: Facts | null;
  acts: CaseActs;
}

export interface CasePageParts {
  state: CaseState;
  record: CaseRecord;
  person: Express.User;
  words: Words;
  kind: KindPages;
  people: readonly Relatable[];
  order: 'newest' | 'oldest';
  posted: PostedAct | null;
  notices: readonly Notice[];
}

/** The open task of the process that is due first. */
function urgentTask(state: CaseState): TaskState | undefined {
  const due = (task: TaskState): string => task.deadline?.at ?? '9999';
  return openTasks(state).filter((task) => !isSideStage(task.stage)).toSorted((a, b) => (due(a) < due(b) ? -1 : 1))[0];
}

/** Whose move it is: the one whose task is due first, and how many others. */
function turnOf(state: CaseState, words: Words): string | undefined {
  const task = urgentTask(state);
  if (!task) return undefined;
  const others = openTasks(state).filter((one) => !isSideStage(one.stage)).length - 1;
  const unit = words.unit(task.audience.unit);
  const who = task.assignee ? words.t('incidents:turnOf', { unit, name: task.assignee.name }) : unit;
  return words.t(others > 0 ? 'incidents:show.turnAndOthers' : 'incidents:show.turn', { who, stage: words.stage(state.kind, task.stage), count: others });
}

/** The reader's own next task in this case: his, or one he may claim. */
function ownTask(state: CaseState, person: Express.User): TaskState | undefined {
  const mayDo = (task: TaskState): boolean =>
    task.assignee ? task.assignee.person === person.id
      : person.roles.some((held) => held.unit === task.audience.unit && (held.role === task.audience.role || (task.audience.role === 'head' && held.role === 'creditOfficeHead')))
        && !task.excluded.some((e) => e.person === person.id);
  return openTasks(state).filter(mayDo).toSorted((a, b) => Number(b.assignee !== null) - Number(a.assignee !== null) || a.number - b.number)[0];
}

function headingOf({ state, person, words }: CasePageParts): Heading {
  const { t, chips } = words;
  const level = levelOf(state);
  const urgent = urgentTask(state);
  const turn = turnOf(state, words);
  const own = ownTask(state, person);
  const closed = isClosed(state);
  const badges: Badge[] = [
    ...(level ? [levelBadge(level, t)] : []),
    { label: t(`stages:area.${openingOf(state).area}`), tone: 'plain' },
    ...((lastOf(state, 'grade')?.form.recurrences.length ?? 0) > 0 ? [{ label: t('incidents:show.recurring'), tone: 'soon' as const }] : []),
    ...(closed ? [{ label: standingOf({ status: 'closed', step: null, outcome: state.closings.at(-1)?.outcome ?? null }, t), tone: 'done' as const }] : []),
  ];
  return {
    title: state.title,
    number: state.caseNo,
    badges,
    ...(turn === undefined ? {} : { turn }),
    ...(urgent ? { deadline: chips.explained(urgent.deadline) } : {}),
    ...(own ? { links: [{ href: `/tasks/${taskSlug(state, own)}`, label: t('incidents:show.toOwnTask', { stage: words.stage(state.kind, own.stage) }), icon: 'arrow-right', primary: true }] } : {}),
  };
}

function stageBarOf(state: CaseState, { t, moments }: Words): StageBar {
  const current = stepOf(state);
  const at = current === null ? incidentSteps.length : incidentSteps.indexOf(current as (typeof incidentSteps)[number]);
  const finished = (step: string): TaskState | undefined =>
    Object.values(state.tasks)
      .filter((task) => task.status === 'done' && incidentStages[task.stage as IncidentStage]?.step === step)
      .toSorted((a, b) => b.version - a.version)[0];
  return {
    label: t('incidents:show.stages'),
    stages: incidentSteps.map((step, n) => {
      const last = finished(step);
      const stage = n === at ? 'current' : n > at ? 'toCome' : last ? 'done' : 'skipped';
      const note = stage === 'done' && last?.doneAt ? moments.table(new Date(last.doneAt)).text.slice(5) : undefined;
      return { label: t(`stages:step.${step}`), state: stage, ...(note === undefined ? {} : { note }) };
    }),
  };
}

function noticesOf(state: CaseState, words: Words): Notice[] {
  const { t, moments, now } = words;
  const closing = state.closings.at(-1);
  if (closing && isClosed(state)) {
    const when = moments.short(new Date(closing.at), now).text;
    const open = closing.reopenUntil >= now.toISOString();
    const until = open ? t('incidents:show.reopenUntil', { until: moments.shortTime(new Date(closing.reopenUntil), now).text }) : t('incidents:show.reopenOver');
    return [{ tone: 'info', title: t('incidents:show.closed', { when, outcome: t(`stages:closing.${closing.outcome}`) }), text: [closing.summary, until].filter((part) => part !== '').join('\n') }];
  }
  // The process opens its first task a moment after the case; until then there is nothing to do for anybody.
  return Object.keys(state.tasks).length === 0 ? [{ tone: 'info', text: t('incidents:show.beginning') }] : [];
}

export function presentCase(parts: CasePageParts): CasePage {
  const { state, record, words, kind, order, person, people, posted } = parts;
  const { t } = words;
  const { caseNo } = state;
  const recused = recusedPersons(state, record.events);
  const fileHref = (hash: string): string => `${caseHref(caseNo)}/files/${hash}`;
  return {
    page: { title: `${caseNo} ${state.title}`, printNumber: caseNo, crumbs: [{ label: t('incidents:title'), href: '/incidents' }, { label: caseNo }], width: 'full' },
    heading: headingOf(parts),
    notices: [...parts.notices, ...noticesOf(state, words)],
    stages: stageBarOf(state, words),
    facts: factsOf(state, words),
    what: openingOf(state).what.split(/\n+/),
    subjects: subjectsOf(state, words),
    tasks: tasksOf(state, words, 'open'),
    past: tasksOf(state, words, 'past'),
    opinion: opinionDocument(state, words, opinionStatus(state, words)) ?? null,
    disclosures: disclosuresOf(state, words),
    timeline: presentTimeline({ events: record.events, kind, words, fileHref }, order, `${caseHref(caseNo)}${order === 'newest' ? '?order=oldest' : ''}#timeline`),
    files: filesOf(record.events, state, words),
    links: linksOf(record.links, words),
    mails: mailsOf(record.mails, words),
    recused: recusedFacts(recused),
    acts: presentActs({ state, person, words, people, recused, posted }),
  };
}


import type { Badge, Cell, DataTable, Facts, FileItem, FileList } from '../../../platform/http/view-models.ts';
import type { CaseEvent } from '../../../rules/casefile/events.ts';
import { disclosureNumber, taskSlug } from '../../../rules/casefile/rows.ts';
import type { CaseState, FileRef, TaskState } from '../../../rules/casefile/types.ts';
import { accountableUnit, isAnswered, lastOf, openingOf, type IncidentSubject } from '../../../rules/incident/facts.ts';
import type { Words } from '../../tasks/index.ts';
import { addressOf } from '../list/filter.ts';
import { standingOf } from '../words.ts';
import type { RecusedPerson } from './acts.ts';
import { mostMails, type LinkedCase, type SentMail } from './queries.ts';
import { fileItem } from './timeline.ts';

const none: Cell = { kind: 'none' };
const time = (at: string | Date, { moments }: Words): Cell => ({ kind: 'when', when: moments.tableTime(new Date(at)) });

/** The page of a case. */
export const caseHref = (caseNo: string): string => `/incidents/${caseNo}`;

function levelText(state: CaseState, { t }: Words): string | null {
  const form = lastOf(state, 'grade')?.form;
  if (!form) return null;
  const level = t(`stages:level.${form.level}`);
  return form.base === form.level ? level : t('incidents:show.levelRaised', { level, base: t(`stages:level.${form.base}`) });
}

export function factsOf(state: CaseState, words: Words): Facts {
  const { t, moments, unit } = words;
  const opening = openingOf(state);
  const accountable = accountableUnit(state);
  const level = levelText(state, words);
  const { openedBy, openedAt } = state;
  const reported = t('incidents:show.reportedBy', {
    unit: openedBy ? unit(openedBy.unit) : t('ui:timeline.system'), name: openedBy?.name ?? '', channel: t(`incidents:channel.${opening.channel}`),
  });
  const items: (Facts['items'][number] | null)[] = [
    { term: t('incidents:occurredOn'), value: { kind: 'when', when: moments.day(opening.occurredOn) } },
    { term: t('incidents:place'), value: t('incidents:show.placeIn', { region: unit(opening.region, 'short'), place: opening.place }) },
    { term: t('incidents:field'), value: t(`stages:field.${opening.field}`) },
    { term: t('incidents:area'), value: t(`stages:area.${opening.area}`) },
    level === null ? null : { term: t('incidents:level'), value: level },
    accountable === null ? null : { term: t('incidents:accountableUnit'), value: unit(accountable) },
    lastOf(state, 'feedback') ? { term: t('incidents:show.answered'), value: t(isAnswered(state) ? 'incidents:show.answeredYes' : 'incidents:show.answeredNo') } : null,
    { term: t('incidents:show.reported'), value: reported },
    { term: t('incidents:column.openedAt'), value: time(openedAt, words) },
    opening.reporter ? { term: t('incidents:show.reporter'), value: { kind: 'masked', masked: { text: opening.reporter.masked, reason: t('incidents:show.maskedReporter') } } } : null,
    opening.sourceUrl && /^https?:/i.test(opening.sourceUrl) ? { term: t('incidents:sourceUrl'), value: { kind: 'link', href: opening.sourceUrl, label: opening.sourceUrl }, wide: true } : null,
  ];
  return { items: items.filter((item) => item !== null) };
}

export function subjectsOf(state: CaseState, { t }: Words): DataTable {
  const { subjects } = openingOf(state);
  const row = (subject: IncidentSubject): Record<string, Cell> => subject.kind === 'organisation'
    ? { name: { kind: 'link', href: addressOf({ q: subject.uscc }), label: subject.name }, kind: t('incidents:subjectKind.organisation'), code: { kind: 'number', text: subject.uscc } }
    : {
      name: { kind: 'masked', masked: { text: subject.masked, reason: t('incidents:show.maskedSubject') } },
      kind: t('incidents:subjectKind.person'),
      code: { kind: 'link', href: addressOf({ person: subject.sealed }), label: t('incidents:show.otherCases') },
    };
  return {
    caption: t('incidents:subjects'),
    columns: [
      { key: 'name', label: t('incidents:show.subjectName'), line: 1 },
      { key: 'kind', label: t('incidents:report.subjectKind'), line: 2, tight: true },
      { key: 'code', label: t('incidents:show.subjectCode'), line: 3 },
    ],
    rows: subjects.map((subject) => ({ cells: row(subject) })),
    empty: { title: t('incidents:show.noSubjects') },
  };
}

function taskStanding(kind: CaseState['kind'], task: TaskState, { t, outcome }: Words): string {
  if (task.status === 'open') return t(task.assignee ? 'incidents:show.taskClaimed' : 'incidents:show.taskOpen');
  return task.status === 'done' ? outcome(kind, task.stage, task.outcome ?? '') : t('incidents:show.taskCancelled');
}

/** The deadline of a task; once it is done, whether it was late matters more than the day it was due. */
function taskDeadline(task: TaskState, { chips }: Words): Cell {
  const { deadline, doneAt, status } = task;
  const { due, ...chip } = chips.listed({
    at: deadline ? new Date(deadline.at) : null,
    provisional: deadline?.provisional ?? false,
    hours: deadline?.why.unit === 'hour',
    doneAt: doneAt === null ? null : new Date(doneAt),
  });
  if (status === 'cancelled') return none;
  return { kind: 'deadline', deadline: status === 'open' && due ? { ...chip, due } : chip };
}

/** Tasks that are open, or all the others, the latest first. */
export function tasksOf(state: CaseState, words: Words, which: 'open' | 'past'): DataTable {
  const { t, unit } = words;
  const tasks = Object.values(state.tasks).filter(({ status }) => (status === 'open') === (which === 'open')).toSorted((a, b) => b.number - a.number);
  return {
    caption: t(`incidents:show.tasks.${which}`, { count: tasks.length }),
    columns: [
      { key: 'stage', label: t('incidents:column.step'), line: 1 },
      { key: 'who', label: t('incidents:show.who'), line: 2 },
      { key: 'deadline', label: t('incidents:column.deadline'), line: 3 },
    ],
    rows: tasks.map((task) => {
      const who = task.doneBy?.name ?? task.assignee?.name;
      const office = unit(task.audience.unit, 'short');
      const note = [taskStanding(state.kind, task, words), ...(task.round > 1 ? [t('incidents:show.round', { count: task.round })] : [])].join(t('common:list'));
      const deadline = taskDeadline(task, words);
      return {
        ...(typeof deadline === 'object' && deadline.kind === 'deadline' && deadline.deadline.state === 'late' ? { tone: 'late' as const } : {}),
        cells: {
          stage: { kind: 'link', href: `/tasks/${taskSlug(state, task)}`, label: words.stage(state.kind, task.stage), note },
          who: who === undefined ? office : t('incidents:turnOf', { unit: office, name: who }),
          deadline,
        } satisfies Record<string, Cell>,
      };
    }),
    empty: { title: t('incidents:show.noTasks') },
  };
}

/** How far the last drafted opinion has come. */
export function opinionStatus(state: CaseState, { t }: Words): Badge {
  const drafted = lastOf(state, 'opinion');
  const after = (stage: string): TaskState | undefined =>
    Object.values(state.tasks).filter((task) => task.stage === stage && task.number > (drafted?.number ?? 0)).at(-1);
  const said = [after('approve'), after('legal-review')].find((task) => task?.status === 'done');
  if (said?.outcome === 'approved') return { label: t('incidents:opinion.approved'), tone: 'done' };
  if (said?.outcome === 'sentBack') return { label: t('incidents:opinion.sentBack'), tone: 'late' };
  return { label: t('incidents:opinion.draft'), tone: 'soon' };
}

const disclosureTones = { published: 'done', withdrawn: 'late', ended: 'plain' } as const;

/** Each disclosure with its terms, the latest first; a public one with the way to its page. */
export function disclosuresOf(state: CaseState, { t, moments }: Words): Facts[] {
  return state.disclosures.toReversed().map((disclosure) => {
    const number = disclosureNumber(state, disclosure);
    const { title, status, basis, channel, reason, from, until } = disclosure;
    const shown: Cell = status === 'ended' ? title : { kind: 'link', href: `/public/opinions/${number}`, label: title, note: number };
    const term = t('incidents:disclosure.fromUntil', { from: moments.day(new Date(from)).text, until: moments.day(new Date(until)).text });
    return {
      items: [
        { term: t('incidents:disclosure.number'), value: shown, wide: true },
        { term: t('incidents:show.standing'), value: { kind: 'badge', badge: { label: t(`incidents:disclosure.status.${status}`), tone: disclosureTones[status] } } },
        { term: t('incidents:disclosure.channel'), value: t(`stages:channel.${channel}`) },
        { term: t('incidents:disclosure.term'), value: term, wide: true },
        { term: t('incidents:disclosure.basis'), value: basis, wide: true },
        ...(reason === null ? [] : [{ term: t('incidents:disclosure.reason'), value: reason, wide: true }]),
      ],
    };
  });
}

/** Files of the report and of all tasks, the newest first, with who handed them in. */
export function filesOf(events: readonly CaseEvent[], state: CaseState, words: Words): FileList {
  const { t, moments, now } = words;
  const items = events.toReversed().flatMap(({ what, actor, at }): FileItem[] => {
    const files: readonly FileRef[] = what.type === 'case.opened' || what.type === 'task.attached' ? what.files : [];
    const note = 'task' in what ? words.stage(state.kind, state.tasks[what.task]?.stage ?? '') : t('incidents:show.fileOfReport');
    return files.map((file) => ({
      ...fileItem(file, words, (hash) => `${caseHref(state.caseNo)}/files/${hash}`),
      note,
      when: moments.shortTime(new Date(at), now),
      ...(actor ? { by: actor.name } : {}),
    }));
  });
  return { label: t('incidents:show.files'), files: items, none: t('incidents:show.noFiles') };
}

export function linksOf(links: readonly LinkedCase[], { t, moments }: Words): Facts | null {
  if (links.length === 0) return null;
  return {
    items: links.map((link) => ({
      term: t(`incidents:relation.${link.relation}`),
      value: {
        kind: 'link', href: caseHref(link.caseNo), label: link.title,
        note: t('incidents:show.linkNote', { caseNo: link.caseNo, standing: standingOf(link, t), date: moments.table(link.openedAt).text }),
      },
      wide: true,
    })),
  };
}

const mailTones = { queued: 'soon', sending: 'soon', sent: 'done', failed: 'late', uncertain: 'late' } as const;

export function mailsOf(mails: readonly SentMail[], words: Words): DataTable {
  const { t, locale, unit } = words;
  const to = ({ person, unit: unitId, address }: SentMail): Cell => {
    const name = person ? (locale === 'en' ? person.nameEn : person.name) : unitId === null ? null : unit(unitId, 'short');
    return { kind: 'lines', lines: name === null ? [address] : address === '' ? [name] : [name, address] };
  };
  return {
    caption: t('incidents:show.mails'),
    columns: [
      { key: 'subject', label: t('ui:mail.subject'), line: 1 },
      { key: 'to', label: t('ui:mail.to'), line: 2 },
      { key: 'status', label: t('ui:mail.state'), line: 3, tight: true },
      { key: 'when', label: t('ui:mail.when'), line: 3, tight: true },
    ],
    rows: mails.slice(0, mostMails).map((mail) => ({
      cells: {
        subject: mail.subject,
        to: to(mail),
        status: { kind: 'badge', badge: { label: t(`incidents:mailStatus.${mail.status}`), tone: mailTones[mail.status] } },
        when: time(mail.sentAt ?? mail.queuedAt, words),
      } satisfies Record<string, Cell>,
    })),
    empty: { title: t('incidents:show.noMails') },
  };
}

/** Persons kept out of the case, with the names they had when it was noted. */
export function recusedPersons(state: CaseState, events: readonly CaseEvent[]): RecusedPerson[] {
  const names = new Map(events.flatMap(({ what }): [string, string][] => (what.type === 'case.recused' ? [[what.person, what.name]] : [])));
  return Object.entries(state.recused).map(([id, reason]) => ({ id, name: names.get(id) ?? id, reason }));
}

export function recusedFacts(recused: readonly RecusedPerson[]): Facts | null {
  return recused.length === 0 ? null : { items: recused.map(({ name, reason }) => ({ term: name, value: reason, wide: true })) };
}

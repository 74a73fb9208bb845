import { createFormat } from '../../platform/http/format.ts';
import { processWords } from '../../platform/process-words.ts';
import type { FileItem, Timeline, TimelineEntry, TimelineGroup } from '../../platform/http/view-models.ts';
import { isSideStage } from '../../rules/casefile/acts.ts';
import type { CaseEvent, Happening } from '../../rules/casefile/events.ts';
import { apply, blankCase, textOf } from '../../rules/casefile/fold.ts';
import { disclosureNumber } from '../../rules/casefile/rows.ts';
import type { Actor, CaseState, Deadline, FileRef, TaskState } from '../../rules/casefile/types.ts';
import { lastMomentOf } from '../../rules/incident/facts.ts';
import { processes } from '../../rules/processes.ts';
import { shownOf, standingKey, type KindPages, type Words } from '../tasks/index.ts';

/** Up to so many entries are shown at once; of a longer file only the parts that moved last. */
const openUpTo = 40;
const openAtLeast = 2;

/** What an event looks like before names and times are put to it. */
interface Said {
  what: string;
  text?: string;
  changes?: { label: string; before: string; after: string }[];
  files?: readonly FileRef[];
  links?: { href: string; label: string }[];
}

/** The part of the time line under which an event stands. */
function groupOf(state: CaseState, what: Happening): string {
  if ('task' in what) return stepOfTask(state, what.task);
  if ('disclosure' in what) return 'disclose';
  if (what.type === 'case.opened') return 'report';
  // It follows from what was decided last.
  if (what.type === 'records.changed' || what.type === 'subject.banned' || what.type === 'correction.published') return processes[state.kind].stepOf(state) ?? 'close';
  return what.type === 'case.closed' || what.type === 'case.reopened' ? 'close' : 'case';
}

/** A decision beside the process stands with what it is about. */
function stepOfTask(state: CaseState, id: string): string {
  const task = state.tasks[id];
  if (!task) return 'case';
  if (!isSideStage(task.stage)) return processes[state.kind].stages[task.stage]?.step ?? 'beside';
  return task.stage === 'withdrawal' ? 'disclose' : stepOfTask(state, String(task.brief['task']));
}

function groupTitle(kind: CaseState['kind'], group: string, { t }: Words): string {
  if (group === 'close') return t('cases:timeline.group.close');
  if (group === 'case') return t('cases:timeline.group.case');
  if (group === 'report') return t(`${kind}s:opened.group`);
  // Of what runs beside the process there is the public statement alone.
  return t(group === 'beside' ? processWords.stage('incident', 'statement') : processWords.step(kind, group));
}

const dueText = (deadline: Deadline | null | undefined, { moments, now }: Words): string =>
  deadline ? moments.shortTime(new Date(deadline.at), now).text : '';

/** What of its task an event may have changed, as it was before. */
type Before = Pick<TaskState, 'assignee' | 'deadline'>;

export interface TimelineParts {
  events: readonly CaseEvent[];
  kind: KindPages;
  words: Words;
  /** Hashes of the files that the reader may have. */
  files: ReadonlySet<string>;
  fileHref: (hash: string) => string;
}

/** How a case came about: the channel, the cause, or that it was found. */
const waysIn = ({ opening: { channel = 'found', cause = channel } }: CaseState): string => (typeof cause === 'string' ? cause : 'found');

/** What happened, in a few words, with the state after it. */
function say(before: Before, after: CaseState, event: CaseEvent, { kind, words }: TimelineParts): Said {
  const { t, moments, now } = words;
  const { what } = event;
  const stage = 'task' in what ? words.stage(after.kind, after.tasks[what.task]?.stage ?? '') : '';
  const key = `cases:timeline.${what.type}`;
  const publicLink = (id: string): Pick<Said, 'links'> => {
    const disclosure = after.disclosures.find((d) => d.id === id);
    if (!disclosure) return {};
    const number = disclosureNumber(after, disclosure);
    return { links: [{ href: `/public/opinions/${number}`, label: number }] };
  };
  switch (what.type) {
    case 'case.opened':
      return { what: t(`${after.kind}s:opened.${waysIn(after)}`), files: what.files };
    case 'case.closed':
      return { what: t(key, { outcome: t(processWords.closing(after.kind, what.outcome)) }), text: what.summary };
    case 'case.reopened':
      return { what: t(key), text: what.reason };
    case 'case.recused':
    case 'case.recusalLifted':
      return { what: t(key, { name: what.name }), text: what.reason };
    case 'case.withdrawn':
      return { what: t(key), text: what.reason };
    case 'case.joined':
      return { what: t(key), text: textOf(what.form, 'statement'), files: what.files };
    case 'subject.banned':
      return { what: t(key, { date: moments.day(what.until).text }) };
    case 'correction.published':
      return { what: t(`${key}.${what.what}`, { date: moments.day(what.until).text }), text: [what.text, what.reason].filter((part) => part !== '').join('\n') };
    case 'records.changed': {
      const stored = what.stored ?? [];
      return {
        what: [...what.changes.map(({ draft }) => t(`${key}.${draft.type.slice('record.'.length)}`)), ...(stored.length > 0 ? [t('cases:timeline.records.stored')] : [])].join(t('common:list')),
        links: stored.map((id) => ({ href: `/records/${id}`, label: t('repairs:fact.made') })),
      };
    }
    case 'case.commented':
      return { what: t(key), text: what.text };
    case 'task.opened': {
      if (event.actor && (what.stage === 'supervision' || what.stage === 'withdrawal')) {
        const about = what.stage === 'supervision' ? words.stage(after.kind, after.tasks[String(what.brief['task'])]?.stage ?? '') : '';
        return { what: t(`${key}.${what.stage}`, { stage: about }), text: textOf(what.brief, 'text', 'reason') };
      }
      const due = dueText(what.deadline, words);
      return { what: t(due === '' ? `${key}.open` : `${key}.until`, { stage, audience: words.audience(what.audience, event.at), when: due }) };
    }
    case 'task.claimed':
      return { what: t(key, { stage }) };
    case 'task.released':
      return what.because === undefined ? { what: t(key, { stage }), text: what.reason } : { what: t(`cases:timeline.vacated.${what.because}`, { stage }) };
    case 'task.reassigned':
      return {
        what: t(key, { stage }),
        text: what.reason,
        changes: [{ label: t('cases:timeline.assignee'), before: before.assignee?.name ?? t('cases:timeline.nobody'), after: what.to.name }],
      };
    case 'task.commented':
    case 'task.urged':
      return { what: t(key, { stage }), text: what.text };
    case 'task.attached':
      return { what: t(key, { stage, count: what.files.length }), files: what.files };
    case 'task.completed': {
      const task = after.tasks[what.task];
      const lines = task ? shownOf(kind, task, words) : [];
      const late = task?.late ? t('cases:timeline.lateNote') : '';
      return {
        what: t(key, { stage, outcome: task ? words.outcome(after.kind, task.stage, what.outcome) : what.outcome }) + late,
        text: lines.map(({ label, text }) => t('cases:timeline.line', { label, text })).join('\n'),
      };
    }
    case 'task.cancelled':
      return { what: t(key, { stage, reason: t(`cases:timeline.cancelReason.${what.reason}`) }) };
    case 'task.rung':
      return { what: t(`${key}.${what.rung}`, { stage }) };
    case 'task.suspended': {
      const { ground, reason } = what;
      const { key: standing, count } = standingKey(what);
      return { what: t(`${key}${standing}`, { stage, count }), text: ground === undefined ? reason : t('tasks:suspended.ground', { ground: t(`tasks:suspensionGround.${ground}`), reason }) };
    }
    case 'task.resumed':
      return {
        what: t(key, { stage }),
        text: what.reason,
        changes: [{ label: t('common:column.deadline'), before: dueText(before.deadline, words), after: dueText(what.deadline, words) }],
      };
    case 'extension.requested':
      return { what: t(key, { stage, count: what.days }), text: what.reason };
    case 'extension.decided':
    case 'deadline.recomputed': {
      const granted = what.type === 'extension.decided' ? `.${what.granted ? 'granted' : 'refused'}` : '';
      return {
        what: t(key + granted, { stage }),
        ...(what.deadline
          ? { changes: [{ label: t('common:column.deadline'), before: dueText(before.deadline, words), after: dueText(what.deadline, words) }] }
          : {}),
      };
    }
    case 'disclosure.published':
      return { what: t(key, { until: moments.short(lastMomentOf(what.until), now).text }), ...publicLink(what.disclosure) };
    case 'disclosure.withdrawn':
      return { what: t(key), text: what.reason, ...publicLink(what.disclosure) };
    case 'disclosure.ended':
      return { what: t(key) };
  }
}

const kindOf = (name: string): string => (/\.([^.]+)$/.exec(name)?.[1] ?? '').toUpperCase();

/** A file of a case, as lists show it. */
export function fileItem(file: FileRef, { t, locale, unready }: Words, fileHref: (hash: string) => string): FileItem {
  const state = unready?.get(file.hash);
  const description = t('files:description', { type: kindOf(file.name), size: createFormat(locale).bytes(file.bytes) });
  return state === undefined ? { name: file.name, href: fileHref(file.hash), description } : { name: file.name, description: t(`files:unready.${state}`, { description }) };
}

/** Half a minute between happening and recording is the machine's own; more means that it was entered later. */
const enteredLaterMs = 30_000;

function entryOf(event: CaseEvent, said: Said, { words, files, fileHref }: TimelineParts): TimelineEntry {
  const { moments } = words;
  const { actor, at, recordedAt, seq } = event;
  const by = (who: Actor): Pick<TimelineEntry, 'who' | 'office'> => ({ who: who.name, office: words.unit(who.unit, 'short', at) });
  const later = Date.parse(recordedAt) - Date.parse(at) > enteredLaterMs;
  const shown = (said.files ?? []).filter(({ hash }) => files.has(hash));
  return {
    id: `event-${seq}`,
    by: actor ? 'person' : 'system',
    ...(actor ? by(actor) : {}),
    what: said.what,
    when: moments.tableTime(new Date(at)),
    ...(later ? { recorded: moments.tableTime(new Date(recordedAt)) } : {}),
    ...(said.text ? { said: said.text } : {}),
    ...(said.changes ? { changes: said.changes } : {}),
    ...(shown.length > 0 ? { files: shown.map((file) => fileItem(file, words, fileHref)) } : {}),
    ...(said.links ? { links: said.links } : {}),
  };
}

/** Everything that happened, by the step it belongs to; the step that moved last comes first, or last. */
export function presentTimeline(parts: TimelineParts, order: 'newest' | 'oldest', switchHref: string): Timeline {
  const { events, words } = parts;
  const groups = new Map<string, { entry: TimelineEntry; at: string; seq: number }[]>();
  const state = blankCase('');
  for (const event of events) {
    const { what, at, seq } = event;
    const task = 'task' in what ? state.tasks[what.task] : undefined;
    const before: Before = { assignee: task?.assignee ?? null, deadline: task?.deadline ?? null };
    apply(state, event);
    const group = groupOf(state, what);
    const list = groups.get(group) ?? [];
    list.push({ entry: entryOf(event, say(before, state, event, parts), parts), at, seq });
    groups.set(group, list);
  }
  const newestFirst = order === 'newest';
  const sorted = [...groups].toSorted(([, a], [, b]) => (newestFirst ? b.at(-1)!.seq - a.at(-1)!.seq : a[0]!.seq - b[0]!.seq));
  const all = events.length <= openUpTo;
  return {
    order,
    switchHref,
    groups: sorted.map(([group, list], n): TimelineGroup => {
      const [first, last] = [new Date(list[0]!.at), new Date(list.at(-1)!.at)];
      const oneDay = words.moments.table(first).text === words.moments.table(last).text;
      return {
        stage: groupTitle(state.kind, group, words),
        span: oneDay ? words.moments.short(first, words.now).text : words.moments.span(first, last, words.now),
        open: all || (newestFirst ? n < openAtLeast : n >= groups.size - openAtLeast),
        entries: (newestFirst ? list.toReversed() : list).map(({ entry }) => entry),
      };
    }),
  };
}


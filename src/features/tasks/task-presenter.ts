import { randomUUID } from 'node:crypto';
import { labelledSummary } from '../../platform/http/forms.ts';
import type {
  Act,
  ButtonRow,
  ConfirmBlock,
  ErrorSummary,
  Facts,
  Field,
  FileList,
  FormShell,
  Heading,
  Notice,
  Page,
  RadioField,
} from '../../platform/http/view-models.ts';
import { may } from '../../rules/casefile/acts.ts';
import { actsOn, standingKey, type ClosedPanel, type Panel, type Posted } from './act-panels.ts';
import { filesOf, otherOpenTasks, personOf, saidBefore, talkOf, whoseMove, type OpenEntry, type SaidEntry, type TalkEntry } from './history.ts';
import { fieldId, OUTCOME } from './outcome-form.ts';
import { shownOf } from './page-of.ts';
import type { Desk } from './parts.ts';
import { sayRefusal } from './said.ts';
import type { Block, OpenedStage, PagesByKind, ShownLine, StageView } from './stage-form.ts';
import type { Colleague, FoundTask, TalkEvent } from './task-queries.ts';

/** The form of the outcome, ready to be printed. `choice` is the number of the outcome a group belongs to, from 1. */
interface OutcomeForm {
  shell: FormShell;
  outcomes: RadioField | null;
  groups: { legend: string | null; hint: string | null; choice: number | null; compact: boolean; fields: readonly Field[] }[];
  confirm: ConfirmBlock | null;
  buttons: ButtonRow;
}

export interface TaskView {
  page: Page;
  heading: Heading;
  notices: Notice[];
  errors: ErrorSummary;
  lead: string | null;
  before: readonly Block[];
  form: OutcomeForm | null;
  /** In place of the form: the button that can't be pressed, and why. */
  refused: ButtonRow | null;
  /** What was typed into a form that is no more, to be copied. */
  typed: ShownLine[] | null;
  result: { title: string; lines: ShownLine[] } | null;
  claim: Act | null;
  panels: Panel[];
  closed: ClosedPanel[];
  factsTitle: string;
  facts: Facts;
  said: SaidEntry[];
  open: OpenEntry[];
  files: FileList;
  attach: Panel | null;
  talk: TalkEntry[];
  comment: Panel | null;
}

export interface TaskPageParts {
  found: FoundTask;
  desk: Desk;
  pages: PagesByKind;
  talk: readonly TalkEvent[];
  colleagues: readonly Colleague[];
  /** The stage's form; null for a task that is done. */
  stage: OpenedStage<object> | null;
  posted: Posted | null;
  /** Why nothing came of what was posted. */
  notices: readonly Notice[];
}

function headingOf({ found: { state, task }, desk: { words }, pages }: TaskPageParts): Heading {
  const { t } = words;
  const mark = pages[state.kind].mark(state, words);
  const badges = [
    ...(task.status === 'open' ? [] : [{ label: t(`tasks:status.${task.status}`), tone: task.status === 'done' ? ('done' as const) : ('plain' as const) }]),
    ...(mark ? [mark] : []),
    ...(task.round > 1 ? [{ label: t('tasks:show.round', { count: task.round }), tone: 'plain' as const }] : []),
  ];
  return {
    title: t('tasks:show.title', { stage: words.stage(state.kind, task.stage), title: state.title }),
    number: state.caseNo,
    badges,
    ...(task.status === 'open' ? { turn: t('tasks:show.turn', { who: whoseMove(task, words) }) } : {}),
    ...(task.status === 'cancelled' ? {} : { deadline: task.suspended ? { state: 'paused' as const } : words.chips.explained(task.deadline, task.doneAt) }),
    links: [{ href: pages[state.kind].caseHref(state.caseNo), label: t('tasks:show.toCase') }],
  };
}

/** Where a request for more time stands. */
function extensionNotice({ found: { task }, desk: { words } }: TaskPageParts): Notice[] {
  const { extension, deadline } = task;
  if (!extension || task.status !== 'open') return [];
  const { t, moments, now } = words;
  if (extension.granted === null) return [{ tone: 'info', text: t('tasks:extension.pending', { name: extension.by.name, count: extension.days }) }];
  if (!extension.granted) return [{ tone: 'info', text: t('tasks:extension.refused') }];
  if (!deadline?.was) return [];
  return [
    {
      tone: 'info',
      text: t('tasks:extension.granted', {
        count: extension.days,
        was: moments.shortTime(new Date(deadline.was.at), now).text,
        at: moments.shortTime(new Date(deadline.at), now).text,
      }),
    },
  ];
}

/** That the clock stands still, since when and why, and what is left. */
function suspensionNotice({ found: { task }, desk: { words } }: TaskPageParts): Notice[] {
  if (!task.suspended) return [];
  const { at, by, ground } = task.suspended;
  const { t, moments, now } = words;
  const when = moments.shortTime(new Date(at), now).text;
  const reason = ground === undefined ? task.suspended.reason : t('tasks:suspended.ground', { ground: t(`tasks:suspensionGround.${ground}`), reason: task.suspended.reason });
  const { key, count } = standingKey(task.suspended);
  return [{ tone: 'info', title: t('tasks:suspended.title', { name: by.name, when }), text: t(`tasks:suspended.${key === '' ? 'text' : key.toLowerCase()}`, { reason, count }) }];
}

function outcomeForm({ found: { slug, state, task }, desk: { words } }: TaskPageParts, view: StageView): OutcomeForm {
  const { t } = words;
  const options = view.outcomes?.options ?? [];
  return {
    shell: {
      action: `/tasks/${slug}/complete`,
      commandId: randomUUID(),
      seenVersion: task.version,
      label: words.stage(state.kind, task.stage),
      ...(view.hidden ? { hidden: { ...view.hidden } } : {}),
    },
    outcomes: view.outcomes,
    groups: view.groups.map(({ legend, hint, outcome, compact = false, fields }) => {
      const at = outcome === undefined ? -1 : options.findIndex((option) => option.value === outcome);
      return {
        legend: legend ?? (at < 0 ? null : t('tasks:form.forOutcome', { outcome: options[at]!.label })),
        hint: hint ?? null,
        choice: at < 0 ? null : at + 1,
        compact,
        fields: fields.map((field) => ({ ...field, id: field.id ?? fieldId(field.name) })),
      };
    }),
    confirm: view.confirm ?? null,
    buttons: { primary: view.primary, ...(view.others ? { others: [...view.others] } : {}) },
  };
}

/** What was typed, named as in the form, for somebody whose form is no more. */
function typedLines(view: StageView, { t }: Desk['words']): ShownLine[] {
  const fields = [...(view.outcomes ? [view.outcomes] : []), ...view.groups.flatMap((group) => group.fields)];
  return fields.flatMap((field): ShownLine[] => {
    if (field.kind === 'checkboxes' || field.kind === 'file' || field.kind === 'check') return [];
    const value = String(field.value ?? '');
    const label = field.label;
    if (value === '') return [];
    const option = field.kind === 'select' || field.kind === 'radios' ? field.options.find((one) => one.value === value) : undefined;
    return [{ label: field.name === OUTCOME ? t('tasks:form.outcome') : label, text: option?.label ?? value }];
  });
}


/** The fields of the form that was posted, each under the name by which the reader finds it. */
function fieldsPosted({ act }: Posted, form: OutcomeForm | null, panels: readonly Panel[], { t }: Desk['words']): Field[] {
  if (act !== 'complete') return panels.find((panel) => panel.act === act)?.fields ?? [];
  return [
    ...(form?.outcomes ? [form.outcomes] : []),
    ...(form?.groups ?? []).flatMap(({ legend, choice, fields }) =>
      fields.map((field) => (legend === null || choice !== null ? field : { ...field, label: t('common:form.inGroup', { group: legend, label: field.label }) }))),
  ];
}

/** The page of a task as it stands now for this person. */
export function presentTask(parts: TaskPageParts): TaskView {
  const { found, desk, pages, posted } = parts;
  const { state, task } = found;
  const { words, person } = desk;
  const { t } = words;
  const verdict = may('complete', person, state, { task }, words.now.toISOString());
  const typedForm = posted?.act === 'complete' ? posted.form : null;
  const view = parts.stage?.draw(typedForm) ?? null;
  const drawn = view !== null && task.status === 'open';
  const fillable = drawn && verdict.allowed;
  const { claim, panels, closed } = actsOn(found, desk, parts.colleagues, posted);
  const form = fillable ? outcomeForm(parts, view) : null;
  const heading = headingOf(parts);
  const closedReason = !verdict.allowed && verdict.show === 'disabled' && task.status === 'open' ? sayRefusal(verdict.reason, words, { kind: state.kind, stage: task.stage }) : null;
  return {
    page: {
      title: heading.title,
      printNumber: state.caseNo,
      crumbs: [{ label: t('tasks:mine.title'), href: '/' }, { label: state.caseNo, href: pages[state.kind].caseHref(state.caseNo) }, { label: words.stage(state.kind, task.stage) }],
    },
    heading,
    notices: [...parts.notices, ...extensionNotice(parts), ...suspensionNotice(parts)],
    errors: posted && (fillable || posted.act !== 'complete') ? labelledSummary(posted.form, fieldsPosted(posted, form, panels, words), t) : { errors: [] },
    lead: drawn ? view.lead : null,
    before: drawn ? view.before : [],
    form,
    refused: drawn && closedReason !== null ? { primary: { ...view.primary, disabled: closedReason } } : null,
    typed: typedForm !== null && view !== null && !fillable ? typedLines(view, words) : null,
    result: task.status === 'done' && task.doneBy && task.doneAt
      ? {
          title: t('tasks:show.done', {
            outcome: words.outcome(state.kind, task.stage, task.outcome ?? ''),
            who: personOf(task.doneBy, task.doneAt, words),
            when: words.moments.shortTime(new Date(task.doneAt), words.now).text,
          }),
          lines: shownOf(pages[state.kind], task, words),
        }
      : null,
    claim,
    panels: panels.filter(({ act }) => act !== 'attach' && act !== 'comment'),
    closed,
    factsTitle: t(state.kind === 'incident' ? 'tasks:show.facts' : `${state.kind}s:one`),
    facts: pages[state.kind].facts(state, words),
    said: saidBefore(state, task, pages, words),
    open: otherOpenTasks(state, task, words),
    files: {
      label: t('tasks:show.files'),
      files: filesOf(state, parts.talk, (hash) => pages[state.kind].fileHref(state.caseNo, hash), words),
      none: t('tasks:show.noFiles'),
    },
    attach: panels.find(({ act }) => act === 'attach') ?? null,
    talk: talkOf(state, task, parts.talk, words),
    comment: panels.find(({ act }) => act === 'comment') ?? null,
  };
}

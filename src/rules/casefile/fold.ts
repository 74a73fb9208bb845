import type { CaseEvent } from './events.ts';
import type { CaseState, DisclosureState, FileRef, Form, IssuedPaper, TaskState } from './types.ts';

/** So many command ids are remembered in the state; older ones are known to the `command` table. */
const commandsRemembered = 100;

/** The state of a file in which nothing has happened yet. */
export function blankCase(id: string): CaseState {
  return {
    id,
    kind: 'incident',
    definition: 0,
    caseNo: '',
    title: '',
    seq: 0,
    openedAt: '',
    openedBy: null,
    opening: {},
    tasks: {},
    disclosures: [],
    closings: [],
    recused: {},
    files: [],
    commands: [],
  };
}

/** The task of that id; a file that names a task it never opened is broken, and that is said. */
export function taskOf(state: CaseState, id: string): TaskState {
  const task = state.tasks[id];
  if (!task) throw new Error(`case ${state.id}: no task ${id} in its file`);
  return task;
}

/** The disclosure of that id, likewise. */
export function disclosureOf(state: CaseState, id: string): DisclosureState {
  const disclosure = state.disclosures.find((d) => d.id === id);
  if (!disclosure) throw new Error(`case ${state.id}: no disclosure ${id} in its file`);
  return disclosure;
}

function issue(task: TaskState, { papers = [] }: { papers?: IssuedPaper[] }): void {
  if (papers.length > 0) task.papers = [...(task.papers ?? []), ...papers];
}

/**
 * Folds one event into the state, in place, and returns it. The same function serves the running process, the
 * projection in PostgreSQL and `verify`; it looks at nothing but its arguments.
 * @throws when the event does not follow the last one, or names something the file does not hold.
 */
export function apply(state: CaseState, event: CaseEvent): CaseState {
  if (event.seq !== state.seq + 1) {
    throw new Error(`case ${state.id}: event ${event.seq} does not follow ${state.seq}`);
  }
  state.seq = event.seq;
  if (event.command && state.commands.at(-1) !== event.command) {
    state.commands.push(event.command);
    if (state.commands.length > commandsRemembered) state.commands.shift();
  }
  const { what, at, actor, seq } = event;
  switch (what.type) {
    case 'case.opened':
      Object.assign(state, {
        kind: what.kind,
        definition: what.definition,
        caseNo: what.caseNo,
        title: what.title,
        opening: what.opening,
        files: what.files,
        openedAt: at,
        openedBy: actor,
      });
      break;
    case 'case.closed':
      state.closings.push({
        outcome: what.outcome,
        summary: what.summary,
        at,
        by: actor,
        reopenUntil: what.reopenUntil,
        ...(what.bannedUntil === undefined ? {} : { bannedUntil: what.bannedUntil }),
        reopened: null,
      });
      break;
    case 'case.reopened': {
      const closing = state.closings.at(-1);
      if (closing && actor) closing.reopened = { at, by: actor, reason: what.reason };
      break;
    }
    case 'case.recused':
      state.recused[what.person] = what.reason;
      for (const task of Object.values(state.tasks)) {
        if (task.status === 'open' && task.assignee?.person === what.person) {
          task.assignee = null;
          task.version = seq;
        }
      }
      break;
    case 'case.recusalLifted':
      delete state.recused[what.person];
      break;
    case 'case.commented':
      break;
    case 'case.withdrawn':
      if (actor) state.withdrawn = { at, by: actor, reason: what.reason };
      break;
    case 'case.joined':
      if (actor) state.joined = [...(state.joined ?? []), { id: what.join, at, by: actor, form: what.form, files: what.files }];
      break;
    case 'records.changed':
      state.changed = { ...state.changed, [what.step]: { at, units: what.units, ...(what.stored === undefined ? {} : { stored: what.stored }) } };
      break;
    case 'subject.banned':
      state.bannedUntil = what.until;
      break;
    case 'correction.published': {
      const { record, what: which, text, reason, until } = what;
      state.corrections = [...(state.corrections ?? []), { record, what: which, text, reason, at, until }];
      break;
    }
    case 'task.opened':
      state.tasks[what.task] = {
        id: what.task,
        number: Object.keys(state.tasks).length + 1,
        stage: what.stage,
        key: what.key,
        round: what.round,
        status: 'open',
        audience: what.audience,
        assignee: what.assignee,
        excluded: what.excluded,
        brief: what.brief,
        deadline: what.deadline,
        rungs: [],
        openedAt: at,
        version: seq,
        files: [],
        comments: 0,
        urged: 0,
        extension: null,
        outcome: null,
        form: {},
        doneBy: null,
        doneAt: null,
        late: false,
        ...(what.sameAs === undefined ? {} : { sameAs: what.sameAs }),
        ...(what.lapses ? { lapses: true as const } : {}),
      };
      issue(taskOf(state, what.task), what);
      break;
    case 'task.claimed': {
      const task = taskOf(state, what.task);
      task.assignee = actor && { person: actor.person, name: actor.name };
      task.version = seq;
      break;
    }
    case 'task.released': {
      const task = taskOf(state, what.task);
      task.assignee = null;
      task.version = seq;
      break;
    }
    case 'task.reassigned': {
      const task = taskOf(state, what.task);
      task.assignee = what.to;
      task.version = seq;
      break;
    }
    case 'task.commented':
      taskOf(state, what.task).comments += 1;
      break;
    case 'task.attached':
      taskOf(state, what.task).files.push(...what.files);
      break;
    case 'task.completed': {
      const task = taskOf(state, what.task);
      task.status = 'done';
      task.outcome = what.outcome;
      task.form = what.form;
      task.doneBy = actor;
      task.doneAt = at;
      task.late = task.deadline !== null && at > task.deadline.at;
      task.version = seq;
      issue(task, what);
      break;
    }
    case 'task.cancelled': {
      const task = taskOf(state, what.task);
      task.status = 'cancelled';
      task.doneAt = at;
      task.late = task.deadline !== null && (task.suspended ? task.suspended.late !== undefined : at > task.deadline.at);
      task.version = seq;
      break;
    }
    case 'task.urged':
      taskOf(state, what.task).urged += 1;
      break;
    case 'task.rung':
      taskOf(state, what.task).rungs.push(`${what.version}:${what.rung}`);
      break;
    case 'task.suspended': {
      const task = taskOf(state, what.task);
      const { ground, reason, left, late } = what;
      if (actor) task.suspended = { at, by: actor, ...(ground === undefined ? {} : { ground }), reason, left, ...(late === undefined ? {} : { late }) };
      task.version = seq;
      break;
    }
    case 'task.resumed': {
      const task = taskOf(state, what.task);
      delete task.suspended;
      // What was rung for while it was late already is not rung for again.
      const stepped = task.deadline && what.deadline.at < at ? rungsOf(task, task.deadline.version) : [];
      task.rungs.push(...stepped.map((rung) => `${what.deadline.version}:${rung}`));
      task.deadline = what.deadline;
      task.version = seq;
      break;
    }
    case 'extension.requested':
      if (actor) {
        taskOf(state, what.task).extension = {
          days: what.days,
          reason: what.reason,
          by: actor,
          at,
          decision: what.decision,
          granted: null,
        };
      }
      break;
    case 'extension.decided': {
      const task = taskOf(state, what.task);
      if (task.extension) task.extension.granted = what.granted;
      issue(task, what);
      if (what.deadline && task.status === 'open') {
        task.deadline = what.deadline;
        task.version = seq;
      }
      break;
    }
    case 'deadline.recomputed': {
      const task = taskOf(state, what.task);
      if (task.status === 'open') {
        task.deadline = what.deadline;
        task.version = seq;
      }
      break;
    }
    case 'disclosure.published':
      state.disclosures.push({
        id: what.disclosure,
        unit: what.unit,
        title: what.title,
        text: what.text,
        basis: what.basis,
        channel: what.channel,
        from: at,
        until: what.until,
        status: 'published',
        reason: null,
        changedAt: at,
      });
      break;
    case 'disclosure.withdrawn': {
      const disclosure = disclosureOf(state, what.disclosure);
      disclosure.status = 'withdrawn';
      disclosure.reason = what.reason;
      disclosure.changedAt = at;
      break;
    }
    case 'disclosure.ended': {
      const disclosure = disclosureOf(state, what.disclosure);
      disclosure.status = 'ended';
      disclosure.changedAt = at;
      break;
    }
  }
  return state;
}

/** The rungs stepped on of a deadline's version. */
const rungsOf = ({ rungs }: TaskState, version: number): string[] =>
  rungs.filter((rung) => rung.startsWith(`${version}:`)).map((rung) => rung.slice(`${version}:`.length));

/** The whole file folded from its first event. */
export function fold(id: string, events: readonly CaseEvent[]): CaseState {
  return events.reduce(apply, blankCase(id));
}

/** The first of these members of a form that is a text; empty when none is. */
export function textOf(form: Form, ...members: string[]): string {
  for (const member of members) {
    const value = form[member];
    if (typeof value === 'string') return value;
  }
  return '';
}

/** The last finished round of a stage; null before there is one. */
export function lastDone(state: CaseState, stage: string): TaskState | null {
  const done = Object.values(state.tasks).filter((t) => t.stage === stage && t.status === 'done');
  return done.reduce<TaskState | null>((last, t) => (!last || t.version > last.version ? t : last), null);
}

/** The tasks that share one deadline with this one, from itself back to the first. */
export function sharingDeadline(state: CaseState, task: TaskState): TaskState[] {
  const chain = [task];
  for (let before = task.sameAs; before !== undefined; before = chain.at(-1)!.sameAs) chain.push(taskOf(state, before));
  return chain;
}

/** Closed now: closed at least once, and not reopened since. */
export function isClosed(state: CaseState): boolean {
  const last = state.closings.at(-1);
  return last !== undefined && last.reopened === null;
}

/** The open tasks, in the order in which they were opened. */
export function openTasks(state: CaseState): TaskState[] {
  return Object.values(state.tasks).filter((task) => task.status === 'open');
}

/** Every file of a case: those it came with, and those handed in with its tasks. */
export const filesIn = ({ files, tasks }: CaseState): FileRef[] => [...files, ...Object.values(tasks).flatMap((task) => task.files)];

import type { Letter, MailTo } from '../platform/mail/types.ts';
import { creditOfficeOf, partiesOf } from '../rules/casefile/acts.ts';
import type { CaseEvent } from '../rules/casefile/events.ts';
import { disclosureOf, lastDone, taskOf, textOf } from '../rules/casefile/fold.ts';
import { disclosureNumber, taskSlug } from '../rules/casefile/rows.ts';
import type { Actor, CaseState, Rung, TaskState } from '../rules/casefile/types.ts';
import { replyOf, reportOf, type Report } from '../rules/incident/facts.ts';
import { aboutCase, applicantsOf, deadlineOf, hasApplicant, receivingUnit, whenAsked, whenDone, whenExtended, whenHeard, whenJoined, whenRevoked, type Occasion, type ToldApplicant } from './applicant-letters.ts';

/** News older than this, of files that are taken over, is not mailed: nobody waits for it. */
const newsMs = 24 * 60 * 60 * 1000;


const aboutTask = (state: CaseState, task: TaskState) => ({
  ...aboutCase(state),
  taskId: taskSlug(state, task),
  stage: task.stage,
  unit: task.audience.unit,
  deadline: deadlineOf(task.deadline),
});

/** Who has the task, or else those who may claim it: role holders where the role is narrow, the mailbox for handlers. */
function holders(task: TaskState): MailTo {
  if (task.assignee) return { person: task.assignee.person, unit: task.audience.unit };
  const { unit, role } = task.audience;
  return role === 'handler' || role === 'applicant' ? { unit } : { unit, role };
}

/** Who finished the task before this one: he hands it on, or sends it back. */
function lastHand(state: CaseState, before: number): { by: Actor; task: TaskState } | null {
  const done = Object.values(state.tasks).filter((t) => t.status === 'done' && t.doneBy && t.version < before);
  const last = done.reduce<TaskState | null>((a, b) => (!a || b.version > a.version ? b : a), null);
  return last?.doneBy ? { by: last.doneBy, task: last } : null;
}

const sendingBack: readonly string[] = ['returned', 'sentBack', 'insufficient'];

function whenOpened(state: CaseState, task: TaskState): Occasion {
  const about = aboutTask(state, task);
  const hand = lastHand(state, task.version);
  if (task.stage === 'extension') {
    const of = taskOf(state, String(task.brief['task']));
    const asked = of.extension;
    if (asked) {
      return {
        template: 'extensionAsked',
        params: {
          ...about,
          by: asked.by,
          of: { stage: of.stage, unit: of.audience.unit, deadline: deadlineOf(of.deadline) },
          days: asked.days,
          reason: asked.reason,
        },
      };
    }
  }
  if (task.stage === 'approve') return { template: 'opinionToApprove', params: { ...about, by: hand?.by ?? null } };
  if (hand && task.round > 1 && sendingBack.includes(hand.task.outcome ?? '')) {
    return { template: 'returned', params: { ...about, by: hand.by, reason: textOf(hand.task.form, 'reason', 'comment', 'finding') } };
  }
  return { template: 'assigned', params: { ...about, by: hand?.by ?? null, note: null } };
}

const rungTemplates: Record<Rung, 'reminder' | 'due' | 'overdue'> = { soon: 'reminder', due: 'due', head: 'overdue', supervisor: 'overdue' };

function whenRung(state: CaseState, task: TaskState, rung: Rung): MailTo {
  if (rung === 'head') return { unit: task.audience.unit, role: 'head' };
  if (rung === 'supervisor') return { unit: creditOfficeOf(state), role: 'supervisor' };
  return holders(task);
}

/** Reports of the same incident, which are closed as duplicates and hear what its own reporter hears. */
export interface ReportsAround {
  readonly merged: readonly Report[];
  /** The case with which this one goes on. */
  readonly leading: CaseState | null;
}

export const noReports: ReportsAround = { merged: [], leading: null };

/** Where the opinion can be read; null while none is public. */
function publicPathOf(state: CaseState): string | null {
  const shown = state.disclosures.find((d) => d.status === 'published');
  return shown ? `/public/opinions/${disclosureNumber(state, shown)}` : null;
}

/**
 * The letters an event gives rise to, with the state after it. Pure; each has a business key, so that recording the
 * same step again writes none twice. `reporter` carries the id of the sealed contact, not an address.
 */
export function lettersFor(state: CaseState, event: CaseEvent, around: ReportsAround = noReports): Letter[] {
  if (Date.parse(event.recordedAt) - Date.parse(event.at) > newsMs) return [];
  const { what, actor } = event;
  // Who is recused hears nothing of the case, by whatever role he would.
  const recused = Object.keys(state.recused);
  const letter = (occasion: Occasion, to: MailTo, name: string, notTo: readonly string[] = recused): Letter =>
    ({
      ...occasion,
      key: `${state.id}:${name}:${Object.values(to).join('.')}`,
      caseId: state.id,
      eventSeq: event.seq,
      to,
      ...(notTo.length > 0 ? { notTo } : {}),
      ...(actor ? { exceptPerson: actor.person } : {}),
    }) as Letter;
  const toOne = (occasion: Occasion, { id, account }: ToldApplicant, name: string): Letter =>
    letter({ ...occasion, params: { ...occasion.params, account } } as Occasion, { reporter: id }, name);
  const aboutReport = ({ caseNo, title }: Report) => ({ kind: state.kind, caseNo, title });
  /** To whoever reported, each under the number and title of his own report; a unit is told where nobody else's word was with it. */
  const toReporters = (reports: readonly Report[], occasion: (about: ReturnType<typeof aboutReport>) => Occasion, name: string, { units = false } = {}): Letter[] =>
    reports.flatMap((report) => {
      const { reporter, unit } = report;
      if (reporter) return [letter(occasion(aboutReport(report)), { reporter: reporter.sealed }, name)];
      return units && unit !== null && unit !== creditOfficeOf(state) ? [letter(occasion(aboutReport(report)), { unit }, `${name}.${report.caseNo}`)] : [];
    });
  /** 反馈, as the case that answers it knows it. The same answer is one letter, whichever of the cases tells of it. */
  const answered = (by: CaseState, reports: readonly Report[]): Letter[] => {
    const reply = replyOf(by);
    if (!reply) return [];
    const { task, text, unit, at } = reply;
    const said = toReporters(reports, (about) => ({ template: 'reporterAnswered', params: { ...about, unit, reply: text, at, publicPath: publicPathOf(by) } }), 'answered', { units: true });
    return said.map((one) => ({ ...one, key: `${by.id}:${task}:answered:${Object.values(one.to).join('.')}` }));
  };
  // All who applied hear the same.
  const toApplicant = (occasion: Occasion, name: string): Letter[] => applicantsOf(state).map((one) => toOne(occasion, one, name));
  const toTask = (id: string, occasion: (task: TaskState) => Occasion, name: string): Letter[] => {
    const task = taskOf(state, id);
    const notTheirs = [...recused, ...task.excluded.map(({ person }) => person)];
    return [letter(occasion(task), holders(task), `${id}:${name}`, notTheirs)];
  };
  switch (what.type) {
    case 'case.opened':
      if (state.kind === 'incident') return toReporters([reportOf(state)], (about) => ({ template: 'reportReceived', params: { ...about, unit: creditOfficeOf(state) } }), 'received');
      return hasApplicant(state) ? toApplicant({ template: 'applicationReceived', params: { ...aboutCase(state), unit: receivingUnit(state) } }, 'received') : [];
    case 'case.joined':
      return applicantsOf(state).filter(({ id }) => id === what.join).map((one) => toOne(whenJoined(state), one, `joined.${what.join}`));
    case 'subject.banned':
      return toApplicant(whenRevoked(state, { reason: textOf(lastDone(state, 'revoke-decide')?.form ?? {}, 'reason'), again: what.until }), 'banned');
    case 'task.opened':
      if (what.stage === 'defence') {
        // A window that is to take down what he says is asked beside him.
        const asked = what.audience.role === 'applicant' ? [] : toTask(what.task, (task) => whenOpened(state, task), 'opened');
        return [...toApplicant(whenHeard(state, taskOf(state, what.task)), `${what.task}:heard`), ...asked];
      }
      if (what.audience.role === 'applicant') return toApplicant(whenAsked(state, taskOf(state, what.task)), `${what.task}:opened`);
      if (what.stage === 'supervision' && actor) {
        const text = textOf(what.brief, 'text');
        return toTask(what.task, (task) => ({ template: 'supervised', params: { ...aboutTask(state, task), by: actor, text } }), 'opened');
      }
      return toTask(what.task, (task) => whenOpened(state, task), 'opened');
    case 'task.reassigned':
      return toTask(
        what.task,
        (task) => ({ template: 'assigned', params: { ...aboutTask(state, task), by: actor, note: what.reason } }),
        `reassigned.${event.seq}`,
      );
    case 'task.urged':
      if (!actor) return [];
      return toTask(
        what.task,
        (task) => ({ template: 'urged', params: { ...aboutTask(state, task), by: actor, text: what.text } }),
        `urged.${event.seq}`,
      );
    case 'task.rung': {
      const task = taskOf(state, what.task);
      if (task.audience.role === 'applicant') return toApplicant(task.stage === 'defence' ? whenHeard(state, task) : whenAsked(state, task), `${task.id}:${what.rung}.${what.version}`);
      const occasion: Occasion = { template: rungTemplates[what.rung], params: aboutTask(state, task) };
      const over = what.rung === 'head' || what.rung === 'supervisor';
      const notTheirs = over ? recused : [...recused, ...task.excluded.map(({ person }) => person)];
      return [letter(occasion, whenRung(state, task, what.rung), `${task.id}:${what.rung}.${what.version}`, notTheirs)];
    }
    case 'extension.decided': {
      const task = taskOf(state, what.task);
      if (!task.extension || !actor) return [];
      const decision = state.tasks[task.extension.decision];
      const reason = decision?.form['comment'];
      const occasion: Occasion = {
        template: 'extensionDecided',
        params: {
          ...aboutTask(state, task),
          by: actor,
          granted: what.granted,
          days: task.extension.days,
          reason: typeof reason === 'string' && reason !== '' ? reason : null,
        },
      };
      return [
        letter(occasion, { person: task.extension.by.person, unit: task.audience.unit }, `${task.id}:extension.${event.seq}`),
        ...(what.granted && hasApplicant(state) ? toApplicant(whenExtended(state, task), `${task.id}:extension.${event.seq}`) : []),
      ];
    }
    case 'task.completed': {
      if (state.kind === 'incident' && taskOf(state, what.task).stage === 'feedback') return answered(state, [reportOf(state), ...around.merged]);
      const occasion = whenDone(state, taskOf(state, what.task));
      return occasion ? toApplicant(occasion, `${what.task}:done`) : [];
    }
    case 'disclosure.published':
    case 'disclosure.withdrawn': {
      const disclosure = disclosureOf(state, what.disclosure);
      const publicPath = `/public/opinions/${disclosureNumber(state, disclosure)}`;
      return [...partiesOf(state)].map((unit) =>
        letter(
          what.type === 'disclosure.published'
            ? { template: 'published', params: { ...aboutCase(state), until: disclosure.until, publicPath } }
            : { template: 'disclosureWithdrawn', params: { ...aboutCase(state), reason: what.reason, publicPath } },
          { unit },
          `${what.type}.${disclosure.id}`,
        ),
      );
    }
    case 'case.closed': {
      // Whoever is told of the end of a record has answered it himself.
      if (state.kind === 'release') return [];
      const publicPath = publicPathOf(state);
      const unit = creditOfficeOf(state);
      const name = `closed.${state.closings.length}`;
      const toParties = [...partiesOf(state)].map((party) =>
        letter({ template: 'closed', params: { ...aboutCase(state), outcome: what.outcome } }, { unit: party }, name),
      );
      if (state.kind !== 'incident') {
        // Where the ban was recorded with the revocation, he was told then.
        const isNews = what.outcome === 'revoked' && state.bannedUntil === undefined;
        return isNews ? [...toParties, ...toApplicant(whenRevoked(state, { reason: what.summary, again: what.bannedUntil ?? null }), name)] : toParties;
      }
      const own = reportOf(state);
      if (what.outcome === 'duplicate') {
        const { leading } = around;
        return [...toParties, ...toReporters([own], (about) => ({ template: 'duplicate', params: { ...about, unit } }), name), ...(leading ? answered(leading, [own, ...around.merged]) : [])];
      }
      const told = (about: ReturnType<typeof aboutReport>): Occasion => what.outcome === 'unfounded'
        ? { template: 'unfounded', params: { ...about, unit, reason: what.summary } }
        : { template: 'reporterClosed', params: { ...about, unit, publicPath } };
      return [...toParties, ...toReporters([own, ...around.merged], told, name)];
    }
    default:
      return [];
  }
}


import { randomUUID } from 'node:crypto';
import { acceptedEndings } from '../../platform/files.ts';
import { filled, newForm, type Form } from '../../platform/http/forms.ts';
import type { Act, Field, FormShell } from '../../platform/http/view-models.ts';
import { creditOfficeOf, isSideStage, may } from '../../rules/casefile/acts.ts';
import type { ActType } from '../../rules/casefile/commands.ts';
import type { Standing } from '../../rules/casefile/deadline.ts';
import { suspensionGrounds, type CaseKind, type Said, type SuspensionGround } from '../../rules/casefile/types.ts';
import { numberOf } from '../../rules/limits/index.ts';
import { limits } from './forms.ts';
import type { Desk } from './parts.ts';
import { sayRefusal } from './said.ts';
import type { Colleague, FoundTask } from './task-queries.ts';

/** Acts on a task beside its outcome. */
export const besideActs = ['release', 'reassign', 'requestExtension', 'suspend', 'resume', 'urge', 'supervise', 'comment', 'attach'] as const satisfies readonly ActType[];
export type BesideAct = (typeof besideActs)[number];

/** What was posted in vain: which form it was, and what stood in it. */
export interface Posted {
  act: BesideAct | 'complete';
  form: Form;
}

/** An act behind a line that opens. */
export interface Panel {
  act: BesideAct;
  title: string;
  /** Open at once, as something in it is wrong. */
  open: boolean;
  lead: string | null;
  form: FormShell;
  fields: Field[];
  button: string;
}

/** An act that can't be done now, with the reason. */
export interface ClosedPanel {
  act: BesideAct;
  title: string;
  reason: string;
}

export interface Acts {
  claim: Act | null;
  panels: Panel[];
  closed: ClosedPanel[];
}

/** The last part of the address an act is posted to. */
export const actPath: Readonly<Record<BesideAct, string>> = {
  release: 'release',
  reassign: 'reassign',
  requestExtension: 'extension',
  suspend: 'suspension',
  resume: 'resumption',
  urge: 'urge',
  supervise: 'supervise',
  comment: 'comment',
  attach: 'attach',
};

/** The most working days that may be asked for. */
export const mostExtension = ({ law, words }: Desk, kind: CaseKind): number => numberOf(law.rules.on(`${kind}.extension-max`, words.today));

/** What the rules of today allow a clock to stand still for. */
export const groundsAllowed = ({ law, words }: Desk): SuspensionGround[] => suspensionGrounds.filter((ground) => numberOf(law.rules.on(`suspension.${ground}`, words.today)) === 1);

/** Which of the sentences says how a clock stands, and how many days stand in it. */
export const standingKey = ({ left, late }: Standing): { key: 'Late' | 'Today' | ''; count: number } =>
  late !== undefined ? { key: 'Late', count: late } : { key: left === 0 ? 'Today' : '', count: left };

export const megabytes = ({ law, words }: Desk): number => numberOf(law.rules.on('file.max-megabytes', words.today));

/** Colleagues to whom the task may be given: not who has it, who may not do it, or who is recused. */
export function eligible({ state, task }: FoundTask, colleagues: readonly Colleague[]): Colleague[] {
  return colleagues.filter(
    ({ id }) => id !== task.assignee?.person && !(id in state.recused) && !task.excluded.some((e) => e.person === id),
  );
}

/** Whom a push on the task reaches by mail. */
export function reaches({ task }: FoundTask, { words }: Desk): string {
  if (task.assignee) return task.assignee.name;
  return task.audience.role === 'handler' ? words.t('tasks:act.mailbox', { unit: words.unit(task.audience.unit) }) : words.audience(task.audience);
}

function fieldsOf(act: BesideAct, found: FoundTask, desk: Desk, colleagues: readonly Colleague[], form: Form): Field[] {
  const { t, locale } = desk.words;
  const at = (name: string) => ({ ...filled(form, name), id: `${act}-${name}` });
  const reason = (): Field => ({ kind: 'textarea', rows: 2, limit: limits.reason, required: true, label: t('tasks:act.reason'), ...at('reason') });
  switch (act) {
    case 'release':
      return [reason()];
    case 'reassign':
      return [
        {
          kind: 'select', label: t('tasks:act.to'), required: true, ...at('person'),
          options: eligible(found, colleagues).map(({ id, name, nameEn }) => ({ value: id, label: locale === 'en' ? nameEn : name })),
        },
        reason(),
      ];
    case 'requestExtension':
      return [
        { kind: 'number', whole: true, unit: t('tasks:act.workdays'), label: t('tasks:act.days'), hint: t('tasks:act.daysHint', { count: mostExtension(desk, found.state.kind) }), required: true, ...at('days') },
        reason(),
      ];
    case 'suspend':
      return [
        {
          kind: 'radios', label: t('tasks:act.ground'), required: true, ...at('ground'),
          options: groundsAllowed(desk).map((ground) => ({ value: ground, label: t(`tasks:suspensionGround.${ground}`) })),
        },
        { ...reason(), hint: t('tasks:act.suspendHint') } as Field,
      ];
    case 'resume':
      return [{ ...reason(), hint: t('tasks:act.resumeHint') } as Field];
    case 'urge':
      return [{ kind: 'textarea', rows: 3, limit: limits.urge, required: true, label: t('tasks:act.urgeText'), hint: t('tasks:act.urgeHint'), ...at('text') }];
    case 'supervise':
      return [{ kind: 'textarea', rows: 3, limit: limits.supervise, required: true, label: t('tasks:act.superviseText'), ...at('text') }];
    case 'comment':
      return [{ kind: 'textarea', rows: 3, limit: limits.comment, required: true, label: t('tasks:act.commentText'), ...at('text') }];
    case 'attach':
      return [
        {
          kind: 'file', multiple: true, required: true, label: t('tasks:act.files'), accept: acceptedEndings.join(','),
          limits: t('tasks:act.filesLimits', { limit: megabytes(desk) }), ...at('files'),
        },
      ];
  }
}

function leadOf(act: BesideAct, found: FoundTask, desk: Desk): string | null {
  const { t } = desk.words;
  const unit = desk.words.unit(found.task.audience.unit);
  switch (act) {
    case 'release':
      return t('tasks:act.releaseLead');
    case 'reassign':
      return t('tasks:act.reassignLead');
    case 'requestExtension':
      return t('tasks:act.extensionLead', { unit: desk.words.unit(creditOfficeOf(found.state)) });
    case 'suspend':
      return t(found.task.deadline && found.task.deadline.at < desk.words.now.toISOString() ? 'tasks:act.suspendLateLead' : 'tasks:act.suspendLead');
    case 'resume': {
      const { key, count } = standingKey(found.task.suspended ?? { left: 0 });
      return t(`tasks:act.resume${key === '' ? 'Lead' : key}`, { count });
    }
    case 'urge':
      return t('tasks:act.urgeLead', { to: reaches(found, desk) });
    case 'supervise':
      return t('tasks:act.superviseLead', { unit, count: numberOf(desk.law.rules.on(`${found.state.kind}.supervision`, desk.words.today)) });
    case 'comment':
    case 'attach':
      return null;
  }
}

const firstTyped = (act: BesideAct, { words }: Desk): Form => newForm(act === 'urge' ? { text: words.t('tasks:act.urgeUsual') } : {});

/** Nothing is wrong with the act itself, but there is nobody to give the task to. */
function nobodyElse(act: BesideAct, found: FoundTask, colleagues: readonly Colleague[]): boolean {
  return act === 'reassign' && eligible(found, colleagues).length === 0;
}

/** The acts that the person may do to the task now; those he might look for and can't do, with the reason. */
export function actsOn(found: FoundTask, desk: Desk, colleagues: readonly Colleague[], posted: Posted | null): Acts {
  const { task, state, slug } = found;
  const { words, person } = desk;
  const { t } = words;
  const allowed = (act: ActType) => may(act, person, state, { task }, words.now.toISOString());
  const shell = (path: string, label: string): FormShell => ({ action: `/tasks/${slug}/${path}`, commandId: randomUUID(), seenVersion: task.version, label });
  const acts: Acts = { claim: null, panels: [], closed: [] };

  if (allowed('claim').allowed) acts.claim = { ...shell('claim', t('tasks:act.claim')), button: { label: t('tasks:act.claim') } };
  const close = (act: BesideAct, reason: Said): void => {
    // Decisions beside the process have a short time of their own; that they can't be extended goes without saying.
    // That most clocks never stand still does so too.
    const goesWithoutSaying = act === 'requestExtension' ? isSideStage(task.stage) || task.status !== 'open' : act === 'suspend' && reason.key !== 'refused.lateSuspendedByHead';
    if (!goesWithoutSaying) {
      acts.closed.push({ act, title: t(`tasks:act.${act}`), reason: sayRefusal(reason, words, { kind: state.kind, stage: task.stage }) });
    }
  };
  for (const act of besideActs) {
    const verdict = allowed(act);
    if (!verdict.allowed) {
      if (verdict.show === 'disabled') close(act, verdict.reason);
      continue;
    }
    const title = t(`tasks:act.${act}`);
    if (nobodyElse(act, found, colleagues)) {
      acts.closed.push({ act, title, reason: t('tasks:act.nobody') });
      continue;
    }
    if (act === 'suspend' && groundsAllowed(desk).length === 0) {
      acts.closed.push({ act, title, reason: t('tasks:act.noGround') });
      continue;
    }
    const failed = posted?.act === act;
    acts.panels.push({
      act,
      title,
      open: failed,
      lead: leadOf(act, found, desk),
      form: { ...shell(actPath[act], title), ...(act === 'attach' ? { upload: true } : {}) },
      fields: fieldsOf(act, found, desk, colleagues, failed ? posted.form : firstTyped(act, desk)),
      button: t(`tasks:act.${act}Send`),
    });
  }
  return acts;
}

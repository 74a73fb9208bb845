import type { CaseState, TaskState } from '../../rules/casefile/types.ts';
import { lastRepair, repairConditions, repairOpeningOf, repairUnit, type RepairForms } from '../../rules/repair/facts.ts';
import type { Words } from '../tasks/index.ts';
import { caseDocument, extensionNotice, firstDay, linesOfText, openingLine, type CaseDocument, type Part, type Written } from './case-document.ts';

type Piece = Omit<Written, 'subject'>;
type Done = TaskState & { doneAt: string };

const isDone = (task: TaskState): task is Done => task.status === 'done' && task.doneAt !== null;

/** The last finished round of a stage that ended so; each outcome is a document of its own, whatever came after it. */
function lastWith(state: CaseState, stage: string, ...outcomes: readonly string[]): Done | undefined {
  return Object.values(state.tasks).filter(isDone).findLast((task) => task.stage === stage && outcomes.includes(task.outcome ?? ''));
}

function acceptance(state: CaseState, opening: Part, { t, moments }: Words): Piece | null {
  const accepted = lastWith(state, 'accept', 'accepted');
  if (!accepted) return null;
  const check = Object.values(state.tasks).find(({ stage }) => stage === 'check');
  const until = firstDay(check?.deadline);
  const { lawOf } = accepted.form as RepairForms['accept'];
  return {
    name: 'acceptance', task: accepted, title: t('documents:repair.acceptance.title'), unit: accepted.audience.unit, at: accepted.doneAt,
    parts: [opening, {
      lines: [
        t('documents:repair.acceptance.text'),
        ...(lawOf === null ? [] : [t('documents:repair.acceptance.law', { date: moments.date(lawOf).text })]),
        ...(until === undefined ? [] : [t('documents:repair.acceptance.until', { date: moments.date(until).text })]),
        t('documents:repair.acceptance.free'),
      ],
    }],
  };
}

function refusal(state: CaseState, opening: Part, words: Words): Piece | null {
  const refused = lastWith(state, 'accept', 'refused');
  if (!refused) return null;
  const { t } = words;
  return {
    name: 'refusal', task: refused, title: t('documents:repair.refusal.title'), unit: refused.audience.unit, at: refused.doneAt,
    parts: [opening, { lines: [t('documents:repair.refusal.text')] }, { heading: t('documents:heading.reasons'), lines: linesOfText((refused.form as RepairForms['accept']).reason) }],
    remedy: true,
  };
}

function supplement(state: CaseState, opening: Part, { t, moments }: Words): Piece | null {
  const asked = lastWith(state, 'accept', 'supplement');
  if (!asked) return null;
  const { missing, reason } = asked.form as RepairForms['accept'];
  const waiting = Object.values(state.tasks).findLast(({ stage }) => stage === 'supplement');
  const until = firstDay(waiting?.deadline);
  return {
    name: 'supplement', task: asked, title: t('documents:repair.supplement.title'), unit: asked.audience.unit, at: asked.doneAt,
    parts: [
      opening,
      { lines: [t('documents:repair.supplement.text')] },
      { heading: t('documents:heading.missing'), lines: missing.map((text, n) => t('documents:item', { number: n + 1, text })) },
      ...(reason === '' ? [] : [{ heading: t('documents:heading.note'), lines: linesOfText(reason) }]),
      {
        heading: t('documents:heading.deadline'),
        lines: [
          ...(until === undefined ? [t('documents:repair.supplement.noUntil')] : [t('documents:repair.supplement.until', { date: moments.date(until).text })]),
          t('documents:repair.supplement.lapses'),
        ],
      },
    ],
  };
}

function extension(state: CaseState, opening: Part, words: Words): Piece | null {
  const notice = extensionNotice(state, ['accept', 'check', 'decide'], words);
  return notice && { ...notice, title: words.t('documents:repair.extension.title'), parts: [opening, ...notice.parts] };
}

/** Facts, findings on each condition, reasons, decision, remedy. */
function decision(state: CaseState, opening: Part, words: Words): Piece | null {
  const decided = lastWith(state, 'decide', 'granted', 'refused');
  if (!decided) return null;
  const { t } = words;
  const outcome = decided.outcome === 'granted' ? 'granted' : 'refused';
  const check = lastRepair(state, 'check')?.form;
  const finding = (condition: (typeof repairConditions)[number]): string => {
    const found = check?.conditions.find((one) => one.condition === condition);
    const verdict = t(`repairs:form.check.${found?.met ? 'met' : 'notMet'}`);
    return t('documents:repair.decision.condition', { condition: t(`repairs:condition.${condition}`), verdict: found?.note ? t('documents:repair.decision.withNote', { verdict, note: found.note }) : verdict });
  };
  return {
    name: 'decision', task: decided, title: t(`documents:repair.decision.title.${outcome}`), unit: decided.audience.unit, at: decided.doneAt,
    parts: [
      opening,
      { heading: t('documents:heading.findings'), lines: repairConditions.map(finding) },
      { heading: t('documents:heading.reasons'), lines: linesOfText((decided.form as RepairForms['decide']).reason) },
      { heading: t('documents:heading.decision'), lines: [t(`documents:repair.decision.text.${outcome}`)] },
    ],
    remedy: true,
  };
}

/** 拟撤销信用修复告知书: facts and basis, and until when he may state his case. */
function hearing(state: CaseState, opening: Part, { t, moments }: Words): Piece | null {
  const asked = Object.values(state.tasks).findLast(({ stage }) => stage === 'defence');
  const proposal = asked && (state.tasks[String(asked.brief['proposal'])]?.form as RepairForms['revoke'] | undefined);
  if (!asked || !proposal) return null;
  const until = firstDay(asked.deadline);
  return {
    name: 'hearing', task: asked, title: t('documents:repair.hearing.title'), unit: repairUnit(state), at: asked.openedAt,
    parts: [
      opening,
      { heading: t('documents:heading.findings'), lines: [...linesOfText(proposal.finding), ...linesOfText(proposal.record?.act ?? '')] },
      ...(proposal.record ? [{ heading: t('documents:repair.hearing.basis'), lines: linesOfText(proposal.record.legalBasis) }] : []),
      { heading: t('documents:repair.hearing.rights'), lines: [t(`documents:repair.hearing.${until === undefined ? 'noUntil' : 'until'}`, until === undefined ? {} : { date: moments.date(until).text }), t('documents:repair.hearing.noWorse')] },
    ],
  };
}

function revocation(state: CaseState, opening: Part, words: Words): Piece | null {
  const revoked = lastWith(state, 'revoke-decide', 'revoked');
  const granted = lastWith(state, 'decide', 'granted');
  if (!revoked || !granted) return null;
  const { t, moments } = words;
  const again = state.bannedUntil ?? state.closings.at(-1)?.bannedUntil;
  return {
    name: 'revocation', task: revoked, title: t('documents:repair.revocation.title'), unit: revoked.audience.unit, at: revoked.doneAt,
    parts: [
      opening,
      { heading: t('documents:heading.reasons'), lines: linesOfText((revoked.form as RepairForms['revoke-decide']).reason) },
      {
        heading: t('documents:heading.decision'),
        lines: [
          t('documents:repair.revocation.text', { date: moments.date(new Date(granted.doneAt)).text }),
          ...(again === undefined ? [] : [t('documents:repair.revocation.again', { date: moments.date(again).text })]),
        ],
      },
    ],
    remedy: true,
  };
}

const pieces = [supplement, acceptance, refusal, extension, decision, hearing, revocation] as const;

/** The documents of an application for repair, in the order in which they are made. */
export function repairDocuments(state: CaseState, words: Words): CaseDocument[] {
  const { record, subject } = repairOpeningOf(state);
  const opening: Part = { lines: [openingLine('documents:repair.applied', state, record, subject, words)] };
  return pieces.flatMap((piece) => {
    const written = piece(state, opening, words);
    return written === null ? [] : [caseDocument(state, words, { ...written, subject })];
  });
}

import { randomUUID } from 'node:crypto';
import { z } from 'zod';
import { choice, text } from '../../platform/http/fields.ts';
import { filled, newForm, type Form } from '../../platform/http/forms.ts';
import { casePath } from '../../platform/process-words.ts';
import type { ConfirmBlock, Field, FormShell } from '../../platform/http/view-models.ts';
import { creditOfficeOf, may, partiesOf, type Verdict } from '../../rules/casefile/acts.ts';
import type { Act } from '../../rules/casefile/commands.ts';
import { disclosureNumber } from '../../rules/casefile/rows.ts';
import type { CaseState } from '../../rules/casefile/types.ts';
import { repairUnit } from '../../rules/repair/facts.ts';
import { sayRefusal, type Words } from '../tasks/index.ts';
import type { Relatable } from './queries.ts';

/** Acts on a case as a whole. */
export const caseActs = ['withdraw', 'proposeWithdrawal', 'recuse', 'liftRecusal', 'reopen'] as const;
export type CaseAct = (typeof caseActs)[number];

/** The last part of the address an act is posted to. */
export const actPaths: Readonly<Record<CaseAct, string>> = {
  withdraw: 'withdraw',
  proposeWithdrawal: 'withdrawals',
  recuse: 'recusals',
  liftRecusal: 'recusals/lift',
  reopen: 'reopen',
};

const longestReason = 500;
const reason = text({ max: longestReason, lines: true });

/** What was posted in vain: which form it was, and what stood in it. */
export interface PostedAct {
  readonly act: CaseAct;
  readonly form: Form;
}

/** An act behind a line that opens. */
export interface ActPanel {
  readonly act: CaseAct;
  readonly title: string;
  readonly open: boolean;
  readonly form: FormShell;
  readonly fields: Field[];
  readonly confirm: ConfirmBlock;
  readonly button: { label: string; danger?: boolean };
}

export interface CaseActs {
  readonly panels: ActPanel[];
  /** Acts that can't be done now, with the reason. */
  readonly closed: { title: string; reason: string }[];
}

/** Who may be kept out of the case: whoever works in a unit that has a part in it, and is not kept out already. */
export const relatableUnits = (state: CaseState): string[] => [...partiesOf(state)];

/** A person's recusal as the case holds it. */
export interface RecusedPerson {
  readonly id: string;
  readonly name: string;
  readonly reason: string;
}

interface ActParts {
  readonly state: CaseState;
  readonly person: Express.User;
  readonly words: Words;
  readonly people: readonly Relatable[];
  readonly recused: readonly RecusedPerson[];
  readonly posted: PostedAct | null;
}

const publishedOf = (state: CaseState) => state.disclosures.filter(({ status }) => status === 'published');

/** Whether the person may do the act to the case now; of a withdrawal, to any of its disclosures. */
export function verdictOf(act: CaseAct, { state, person, words }: Pick<ActParts, 'state' | 'person' | 'words'>): Verdict {
  const now = words.now.toISOString();
  if (act !== 'proposeWithdrawal') return may(act, person, state, {}, now);
  const verdicts = publishedOf(state).map((disclosure) => may(act, person, state, { disclosure }, now));
  return verdicts.find(({ allowed }) => allowed) ?? verdicts[0] ?? { allowed: false, reason: { key: 'refused.notPublished' }, show: 'absent' };
}

const nameOf = ({ name, nameEn }: Relatable, { locale }: Words): string => (locale === 'en' ? nameEn : name);

function personField(act: CaseAct, { people, recused, words, state }: ActParts, form: Form): Field {
  const { t } = words;
  const options = act === 'liftRecusal'
    ? recused.map(({ id, name }) => ({ value: id, label: name }))
    : people.filter(({ id }) => !(id in state.recused)).map((one) => ({
      value: one.id,
      label: t('cases:act.personOf', { name: nameOf(one, words), roles: one.roles.map((held) => words.audience(held)).join(t('common:list')) }),
    }));
  return { kind: 'select', label: t('cases:act.person'), required: true, options, ...filled(form, 'person'), id: `${act}-person` };
}

function disclosureField({ state, person, words }: ActParts, form: Form): Field {
  const now = words.now.toISOString();
  const open = publishedOf(state).filter((disclosure) => may('proposeWithdrawal', person, state, { disclosure }, now).allowed);
  return {
    kind: 'select', label: words.t('cases:act.disclosure'), required: true, ...(open.length === 1 ? { blank: false as const } : {}), id: 'proposeWithdrawal-disclosure',
    options: open.map((disclosure) => ({ value: disclosure.id, label: `${disclosureNumber(state, disclosure)} ${disclosure.title}` })),
    ...filled(form, 'disclosure'),
  };
}

function fieldsOf(act: CaseAct, parts: ActParts, form: Form): Field[] {
  const { t } = parts.words;
  const why: Field = {
    kind: 'textarea', rows: 3, limit: longestReason, required: true, label: t(`cases:act.${act}.reason`), hint: t(`cases:act.${act}.reasonHint`),
    ...filled(form, 'reason'), id: `${act}-reason`,
  };
  if (act === 'reopen' || act === 'withdraw') return [why];
  return [act === 'proposeWithdrawal' ? disclosureField(parts, form) : personField(act, parts, form), why];
}

/** What will happen, who is written to, and whether it can be undone. */
function confirmOf(act: CaseAct, { state, words }: ActParts): ConfirmBlock {
  const { t } = words;
  const creditOffice = words.unit(creditOfficeOf(state));
  const mailTo: Record<CaseAct, string[]> = {
    withdraw: [],
    proposeWithdrawal: [t('cases:act.proposeWithdrawal.mailTo', { unit: creditOffice })],
    recuse: [],
    liftRecusal: [],
    // A repair goes back to whoever recognised it.
    reopen: [state.kind === 'repair' ? words.unit(repairUnit(state)) : creditOffice],
  };
  return {
    title: t(`cases:act.${act}.title`),
    consequences: [t(act === 'reopen' && state.kind !== 'incident' ? `${state.kind}s:reopenConsequence` : `cases:act.${act}.consequence`)],
    mailTo: mailTo[act],
    undo: { possible: act !== 'reopen' && act !== 'withdraw', text: t(`cases:act.${act}.undo`) },
  };
}

/** The acts that the person may do to the case now; those he might look for and can't do, with the reason. */
export function presentActs(parts: ActParts): CaseActs {
  const { state, words, posted, recused } = parts;
  const { t } = words;
  const panels: ActPanel[] = [];
  const closed: { title: string; reason: string }[] = [];
  for (const act of caseActs) {
    const title = t(`cases:act.${act}.title`);
    const verdict = verdictOf(act, parts);
    if (!verdict.allowed) {
      // A case that is still open needs no word on being opened again.
      if (verdict.show === 'disabled' && verdict.reason.key !== 'refused.notClosed') closed.push({ title, reason: sayRefusal(verdict.reason, words) });
      continue;
    }
    if (act === 'liftRecusal' && recused.length === 0) continue;
    const failed = posted?.act === act;
    panels.push({
      act,
      title,
      open: failed,
      form: { action: `${casePath(state.kind, state.caseNo)}/${actPaths[act]}`, commandId: randomUUID(), label: title },
      fields: fieldsOf(act, parts, failed ? posted.form : newForm()),
      confirm: confirmOf(act, parts),
      button: { label: t(`cases:act.${act}.send`), ...(act === 'proposeWithdrawal' ? { danger: true } : {}) },
    });
  }
  return { panels, closed };
}

/** The form of an act; `people` are those that may be chosen. */
export function actSchema(act: CaseAct, { state, people }: { state: CaseState; people: readonly { id: string; name: string }[] }): z.ZodType<Act, unknown> {
  const named = choice(people.map(({ id }) => id)).transform((id) => ({ person: id, name: people.find((one) => one.id === id)?.name ?? '' }));
  switch (act) {
    case 'reopen':
    case 'withdraw':
      return z.object({ reason }).transform((data): Act => ({ type: act, ...data }));
    case 'proposeWithdrawal':
      return z.object({ disclosure: choice(state.disclosures.map(({ id }) => id)), reason }).transform((data): Act => ({ type: act, ...data }));
    case 'recuse':
    case 'liftRecusal':
      return z.object({ person: named, reason }).transform((data): Act => ({ type: act, ...data }));
  }
}

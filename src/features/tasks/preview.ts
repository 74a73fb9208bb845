import { refusedForm, valueOf, type Form } from '../../platform/http/forms.ts';
import { sumOfTexts, textsBeside } from '../../platform/http/marking.ts';
import type { Button } from '../../platform/http/view-models.ts';
import type { KnownOfText } from '../../rules/masking/index.ts';
import type { Block, StageRead, StageView } from './stage-form.ts';
import type { Words } from './words.ts';

/** What of a form leaves the house: read by everybody, or sent to whom it concerns, whose letters are masked too. */
export interface LeavingTexts {
  readonly to: 'public' | 'told';
  readonly texts: readonly string[];
  /** Shown only where something in them is masked or waits. */
  readonly ifMasked?: readonly string[];
}

/** The texts of a form as it was typed, by the outcome that was chosen. */
type TextsOf = (form: Form) => readonly LeavingTexts[];

const STEP = { name: 'step', value: 'preview' } as const;
/** The sum of the texts that somebody was shown as they will be read. */
const SHOWN = 'previewed';

const all = (leaving: readonly LeavingTexts[]): string[] => leaving.flatMap(({ texts, ifMasked = [] }) => [...texts, ...ifMasked]);
const isLookedAt = (form: Form): boolean => valueOf(form, STEP.name) === STEP.value && Object.keys(form.errors).length === 0;

/** Each text as it was written beside what others will read of it. */
export const leavingBlocks = (leaving: readonly LeavingTexts[], known: KnownOfText, { t }: Words): Block[] =>
  leaving.filter(({ texts }) => texts.some((text) => text.trim() !== '')).map(({ to, texts, ifMasked = [] }) => ({
    kind: 'comparison',
    title: t(`stages:preview.title.${to}`),
    lead: t(`stages:preview.lead.${to}`),
    // Letters know no names beside those that the text gives away.
    comparison: textsBeside(texts, to === 'public' ? known : {}, t, ifMasked),
  }));

/**
 * A form with reasons that others will read is first looked at as they will read it, and then sent; nothing in it is lost
 * between the two. Added to the view that a stage draws.
 */
export function withPreview(view: StageView, typed: Form | null, textsOf: TextsOf, known: KnownOfText, words: Words): StageView {
  const { t } = words;
  if (typed === null || !isLookedAt(typed)) {
    const first: Button = { label: t('stages:preview.look'), ...STEP };
    return { ...view, primary: first };
  }
  const leaving = textsOf(typed);
  const blocks = leavingBlocks(leaving, known, words);
  const nothing: Block = { kind: 'notice', notice: { tone: 'info', text: t('stages:preview.nothing') } };
  const notYet: Block = { kind: 'notice', notice: { tone: 'soon', text: t('stages:preview.notYet', { send: view.primary.label }) } };
  return { ...view, before: [notYet, ...(blocks.length === 0 ? [nothing] : blocks), ...view.before], hidden: { ...view.hidden, [SHOWN]: sumOfTexts(all(leaving)) } };
}

/** What was read of a posted form, or the form once more where it is to be looked at, or was changed since. */
export function orPreview<F extends object>(read: StageRead<F>, body: unknown, textsOf: TextsOf): StageRead<F> {
  if ('again' in read) return read;
  const form = refusedForm(body, {});
  const shown = valueOf(form, SHOWN);
  if (isLookedAt(form)) return { again: form };
  if (shown === '' || shown === sumOfTexts(all(textsOf(form)))) return read;
  return { again: { values: { ...form.values, [STEP.name]: STEP.value }, errors: {} } };
}

import { z } from 'zod';
import { choice, optional, text } from '../../platform/http/fields.ts';
import { filled, readForm, type Form } from '../../platform/http/forms.ts';
import type { RadioField, TextareaField } from '../../platform/http/view-models.ts';
import type { CaseKind } from '../../rules/casefile/types.ts';
import type { ShownLine, StageRead } from './stage-form.ts';
import type { Words } from './words.ts';

/** The field in which the chosen outcome comes. */
export const OUTCOME = 'outcome';

/** The id of a field on the page: brackets would have to be quoted wherever it is named. */
export const fieldId = (name: string): string => name.replace(/\[(\w+)\]/g, '-$1');

type Schema<F> = z.ZodType<F, unknown>;

/** The form of a stage with one way to end. */
export function readOnly<F extends object>(outcome: string, schema: Schema<F>, body: unknown, words: Words): StageRead<F> {
  const read = readForm(schema, body, words.t);
  return read.ok ? { outcome, form: read.data } : { again: read.form };
}

/** The outcome that was chosen, then the fields that belong to it; what was typed for another one is not looked at. */
export function readOutcome<F extends object>(schemas: Readonly<Record<string, Schema<F>>>, body: unknown, words: Words): StageRead<F> {
  const chosen = readForm(z.object({ [OUTCOME]: choice(Object.keys(schemas)) }), body, words.t);
  if (!chosen.ok) {
    // What is wrong whichever outcome is chosen is said at once, not after the choice.
    const [first = {}, ...others] = Object.values(schemas).map((schema) => readForm(schema, body, words.t)).map((read) => (read.ok ? {} : read.form.errors));
    const anyway = Object.entries(first).filter(([name, message]) => others.every((errors) => errors[name] === message));
    return { again: { ...chosen.form, errors: { ...chosen.form.errors, ...Object.fromEntries(anyway) } } };
  }
  const outcome = chosen.data[OUTCOME];
  return readOnly(outcome, schemas[outcome]!, body, words);
}

/** A text that may stay empty; the file then keeps an empty text. */
export const maybe = (max: number): z.ZodType<string, unknown> => optional(text({ max, lines: true })).transform((value) => value ?? '');

/** The choice of the outcome, with a hint where there are words for what it brings about. */
export function outcomeField(words: Words, kind: CaseKind, stage: string, form: Form, outcomes: readonly { value: string; hint?: string }[]): RadioField {
  return {
    kind: 'radios',
    label: words.t('tasks:form.outcome'),
    required: true,
    options: outcomes.map(({ value, hint }) => ({ value, label: words.outcome(kind, stage, value), ...(hint === undefined ? {} : { hint }) })),
    ...filled(form, OUTCOME),
  };
}

/** A field of several lines whose length is counted. `unmarked` where one outcome asks for it and another does not. */
export function lines(form: Form, name: string, of: Pick<TextareaField, 'label' | 'limit' | 'hint' | 'rows' | 'required' | 'unmarked'>): TextareaField {
  return { kind: 'textarea', rows: 4, ...of, ...filled(form, name) };
}

/** Lines to read, without those that say nothing. */
export function shownLines(...all: readonly (readonly [label: string, text: string | null | undefined])[]): ShownLine[] {
  return all.flatMap(([label, value]) => (value ? [{ label, text: value }] : []));
}

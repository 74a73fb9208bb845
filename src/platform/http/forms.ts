import type { z } from 'zod';
import type { Translate } from '../i18n.ts';
import { TOKEN_FIELD } from './csrf.ts';
import { characterKey, characterParams, typedIn, valuesByName } from './flat.ts';
import type { ErrorSummary, Field } from './view-models.ts';

/** A form as it stands: what is in its fields, as typed, and what is wrong with them. */
export interface Form {
  readonly values: Readonly<Record<string, unknown>>;
  /** Field name (`subjects[0][name]` for rows) → sentence; the empty name is the form as a whole. */
  readonly errors: Readonly<Record<string, string>>;
}

export type ReadForm<T> = { readonly ok: true; readonly data: T } | { readonly ok: false; readonly form: Form };

/** A form nobody has filled in yet. */
export function newForm(values: Readonly<Record<string, unknown>> = {}): Form {
  return { values, errors: {} };
}

/** The name under which a browser posts the value at this path. */
function nameOf(path: readonly PropertyKey[]): string {
  const [first = '', ...rest] = path;
  return String(first) + rest.map((part) => `[${String(part)}]`).join('');
}

type Issue = z.core.$ZodIssue;

/** What is wrong with a field, as the key of its sentence and what stands in it. */
export interface FieldFault {
  /** As a browser posts it; empty for the form as a whole. */
  readonly field: string;
  readonly key: string;
  readonly params: Readonly<Record<string, unknown>>;
}

/** Schemas of features may also use Zod's own checks: their codes have words here. */
function faultOf(issue: Issue): FieldFault {
  const said = (key: string, params: Readonly<Record<string, unknown>> = {}): FieldFault => ({ field: nameOf(issue.path), key, params });
  switch (issue.code) {
    case 'custom': {
      const params: Record<string, unknown> = issue.params ?? {};
      return said(typeof params['key'] === 'string' ? params['key'] : 'common:form.malformed', params);
    }
    case 'invalid_type':
      return said(issue.input === undefined ? 'common:form.required' : 'common:form.malformed');
    case 'too_big':
      return said('common:form.atMost', { limit: Number(issue.maximum) });
    case 'too_small':
      return said('common:form.atLeast', { limit: Number(issue.minimum) });
    default:
      return said('common:form.malformed');
  }
}

/** The first fault of each field. */
function errorsOf(faults: readonly FieldFault[], t: Translate): Record<string, string> {
  const errors: Record<string, string> = {};
  for (const { field, key, params } of faults) errors[field] ??= t(key, params);
  return errors;
}

/** What was typed, also where it may not come in: whoever takes it from here says so. */
function asRecord(body: unknown): Record<string, unknown> {
  const typed = typedIn(body);
  if (typed) return valuesByName(typed.entries);
  return typeof body === 'object' && body !== null ? { ...body } : {};
}

/** Fields with a character that may not come in, whether or not the form knows them. */
function refusedFields(body: unknown): FieldFault[] {
  return [...(typedIn(body)?.refused ?? [])].map(([field, found]) => ({ field, key: characterKey(found), params: characterParams(found) }));
}

/** What goes back into the fields: all that was typed but passwords, which are never sent to a browser. */
function valuesOfBody(body: unknown): Record<string, unknown> {
  return Object.fromEntries(Object.entries(asRecord(body)).filter(([name]) => name !== TOKEN_FIELD && !/password/i.test(name)));
}

/** Checks what was posted. The data, or the form again with what was typed and a sentence for each wrong field. */
export function readForm<T>(schema: z.ZodType<T, unknown>, body: unknown, t: Translate): ReadForm<T> {
  const result = schema.safeParse(asRecord(body), { reportInput: true });
  const refused = refusedFields(body);
  if (result.success && refused.length === 0) return { ok: true, data: result.data };
  const faults = [...refused, ...(result.error?.issues ?? []).map(faultOf)];
  return { ok: false, form: { values: valuesOfBody(body), errors: errorsOf(faults, t) } };
}

/** The same for what is read without a page: the data, or the first fault of each field. */
export function readFields<T>(schema: z.ZodType<T, unknown>, body: unknown): { readonly ok: true; readonly data: T } | { readonly ok: false; readonly faults: readonly FieldFault[] } {
  const result = schema.safeParse(asRecord(body), { reportInput: true });
  const refused = refusedFields(body);
  if (result.success && refused.length === 0) return { ok: true, data: result.data };
  const faults = [...refused, ...(result.error?.issues ?? []).map(faultOf)];
  return { ok: false, faults: faults.filter(({ field }, n) => faults.findIndex((other) => other.field === field) === n) };
}

/** The form again, with what was typed and an error that only the database or the case could tell. */
export function refusedForm(body: unknown, errors: Readonly<Record<string, string>>): Form {
  return { values: valuesOfBody(body), errors };
}

/** The text in a field; empty when there is none. */
export function valueOf(form: Form, name: string): string {
  const value = form.values[name];
  return typeof value === 'string' || typeof value === 'number' ? String(value) : '';
}

/** The texts of a field that may have several. */
export function valuesOf(form: Form, name: string): string[] {
  const value = form.values[name];
  const list = Array.isArray(value) ? value : value === undefined ? [] : [value];
  return list.filter((one): one is string => typeof one === 'string');
}

/** For spreading into a `Field`: its value, and its error when there is one. */
export function filled(form: Form, name: string): { name: string; value: string; error?: string } {
  const error = form.errors[name];
  return { name, value: valueOf(form, name), ...(error === undefined ? {} : { error }) };
}

/**
 * The list of errors on top of the page: each names the field that it means, by its label, and links to it.
 * Only what is about the form as a whole stands alone.
 */
export function labelledSummary(form: Form, fields: readonly Field[], t: Translate): ErrorSummary {
  const places = new Map(fields.map(({ name }, place) => [name, place]));
  // A check reads the fields in its own order; who goes down the list goes down the page.
  const errors = Object.entries(form.errors).toSorted(([a], [b]) => (places.get(a) ?? fields.length) - (places.get(b) ?? fields.length));
  return {
    errors: errors.map(([name, message]) => {
      const field = fields[places.get(name) ?? -1];
      if (!field) return { message };
      return { field: field.id ?? name, message: t('common:form.inField', { label: field.label, message }) };
    }),
  };
}

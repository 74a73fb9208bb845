import { z } from 'zod';
import { refusedCharacter, withoutMarks } from '../../rules/text/characters.ts';
import { characterKey, characterParams, groupNamed, rowsNamed } from './flat.ts';

/**
 * Fields of forms, API bodies and imports: each takes what came and gives a clean value, or says
 * by an i18n key what is wrong with it. `readForm` turns keys into words.
 */

/** What is wrong, as an i18n key with the values its sentence names. */
export interface Fault {
  readonly fault: string;
  readonly params: Readonly<Record<string, unknown>>;
}

/** For the `read` function of `field` and for `refine`-like checks of a feature's own. */
export function fault(key: string, params: Readonly<Record<string, unknown>> = {}): Fault {
  return { fault: key, params };
}

function isFault(value: unknown): value is Fault {
  return typeof value === 'object' && value !== null && 'fault' in value && 'params' in value;
}

/** Adds a fault to the schema being checked; `params` reach `readForm` through the issue. */
export function addFault(context: z.RefinementCtx, found: Fault, path: readonly (string | number)[] = []): void {
  context.addIssue({ code: 'custom', message: found.fault, path: [...path], params: { ...found.params, key: found.fault } });
}

function isEmpty(value: unknown): boolean {
  return value === undefined || value === null || (typeof value === 'string' && withoutMarks(value).trim() === '');
}

/** The text without marks that are not seen, in NFC and trimmed; or what of it may not come in. */
function clean(value: string): string | Fault {
  const refused = refusedCharacter(value);
  return refused ? fault(characterKey(refused), characterParams(refused)) : withoutMarks(value).normalize('NFC').trim();
}

/** A required field of one text: `read` gets it clean and never empty; `missing` says what is to be done with an empty one. */
export function field<T>(read: (text: string) => T | Fault, missing = 'common:form.required'): z.ZodType<T, unknown> {
  return z.unknown().transform((value, context): T => {
    const typed = isEmpty(value) ? '' : typeof value === 'string' || typeof value === 'number' ? clean(String(value)) : fault('common:form.malformed');
    const result = isFault(typed) ? typed : typed === '' ? fault(missing) : read(typed);
    if (!isFault(result)) return result;
    addFault(context, result);
    return z.NEVER;
  });
}

/** The same field left empty is null. */
export function optional<T>(schema: z.ZodType<T, unknown>): z.ZodType<T | null, unknown> {
  return z.preprocess((value) => (isEmpty(value) ? null : value), schema.nullable());
}

/** Where a text is one line: what ends a line, and tabs. */
const LINE_END = /[\t\n\r\u2028\u2029]/u;

export interface TextRule {
  /** Most characters, counted as a reader counts them. */
  readonly max: number;
  readonly min?: number;
  /** Whether it may have several lines; they are joined by \n. */
  readonly lines?: boolean;
}

export function text({ max, min = 1, lines = false }: TextRule): z.ZodType<string, unknown> {
  return field((raw) => {
    const whole = lines ? raw.replace(/\r\n?/g, '\n') : raw;
    const length = [...whole].length;
    if (length > max) return fault('common:form.tooLong', { limit: max, length });
    if (length < min) return fault('common:form.tooShort', { limit: min, length });
    if (!lines && LINE_END.test(whole)) return fault('common:form.untyped');
    return whole;
  });
}

/** Whether a text is a day of the calendar in the form 2026-09-24. */
export function isDay(value: string): boolean {
  const [year, month, date] = /^\d{4}-\d{2}-\d{2}$/.test(value) ? value.split('-').map(Number) : [];
  if (year === undefined || month === undefined || date === undefined || year < 1900) return false;
  const found = new Date(Date.UTC(year, month - 1, date));
  return found.getUTCMonth() === month - 1 && found.getUTCDate() === date;
}

export interface DayRule {
  /** YYYY-MM-DD, both inclusive. */
  readonly notBefore?: string;
  readonly notAfter?: string;
}

function dayFault(value: string, { notBefore, notAfter }: DayRule): Fault | null {
  if (!isDay(value)) return fault('common:form.noSuchDay', { value });
  if (notBefore !== undefined && value < notBefore) return fault('common:form.tooEarly', { value, limit: notBefore });
  if (notAfter !== undefined && value > notAfter) return fault('common:form.tooLate', { value, limit: notAfter });
  return null;
}

/** A day as YYYY-MM-DD that exists. */
export function day(rule: DayRule = {}): z.ZodType<string, unknown> {
  return field((value) => dayFault(value, rule) ?? value);
}

/** A wall-clock time in Asia/Shanghai as YYYY-MM-DDTHH:MM; gives the instant. */
export function dayTime({ notAfter, ...rule }: Omit<DayRule, 'notAfter'> & { readonly notAfter?: Date } = {}): z.ZodType<Date, unknown> {
  return field((value) => {
    const [, date = '', time = ''] = /^(.{10})[T ]((?:[01]\d|2[0-3]):[0-5]\d)(?::[0-5]\d)?$/.exec(value) ?? [];
    if (date === '') return fault('common:form.noSuchTime', { value });
    const wrong = dayFault(date, rule);
    if (wrong !== null) return wrong;
    const instant = new Date(`${date}T${time}:00+08:00`);
    if (notAfter && instant > notAfter) return fault('common:form.inFuture', { value: `${date} ${time}` });
    return instant;
  });
}

/** One of these values. */
export function choice<const T extends string>(values: readonly T[]): z.ZodType<T, unknown> {
  return field((value) => values.find((one) => one === value) ?? fault('common:form.notOffered', { value }), 'common:form.choose');
}

/** Any of these values, each once; nothing chosen is an empty list unless `least` asks for more. */
export function choices<const T extends string>(values: readonly T[], { least = 0 }: { least?: number } = {}): z.ZodType<T[], unknown> {
  // A box that is not ticked sends no field at all: only `preprocess` runs for a key that is absent.
  const asList = (value: unknown): unknown[] => (isEmpty(value) ? [] : Array.isArray(value) ? value : [value]);
  return z.preprocess(asList, z.array(z.unknown()).transform((given, context): T[] => {
    const known = values.filter((one) => given.includes(one));
    const stranger: unknown = given.find((one) => !values.some((offered) => offered === one));
    if (stranger !== undefined) {
      addFault(context, typeof stranger === 'string' ? fault('common:form.notOffered', { value: stranger }) : fault('common:form.malformed'));
      return z.NEVER;
    }
    if (known.length < least) {
      addFault(context, fault('common:form.tooFew', { count: least }));
      return z.NEVER;
    }
    return known;
  }));
}

/** A whole number; `of` what it counts, so that its bounds are said with it. */
export function integer({ min, max, of }: { readonly min: number; readonly max: number; readonly of?: 'workday' | 'month' }): z.ZodType<number, unknown> {
  return field((value) => {
    if (!/^-?\d{1,15}$/.test(value)) return fault('common:form.notWhole', { value });
    const number = Number(value);
    return number < min || number > max ? fault(of === undefined ? 'common:form.outside' : `common:form.outsideOf.${of}`, { value, min, max }) : number;
  });
}

/** An amount as a decimal text without grouping: `20000` or `0.50`; commas are taken out, digits beyond `places` refused. */
export function decimal({ places = 2, max }: { readonly places?: number; readonly max: number }): z.ZodType<string, unknown> {
  return field((value) => {
    const plain = value.replace(/[,，\s]/g, '');
    if (!/^\d{1,15}(?:\.\d+)?$/.test(plain)) return fault('common:form.notNumber', { value });
    if ((plain.split('.')[1] ?? '').length > places) return fault('common:form.tooPrecise', { value, places });
    return Number(plain) > max ? fault('common:form.outside', { value, min: 0, max }) : plain.replace(/^0+(?=\d)/, '');
  });
}

/** A box that is ticked or not; one that is not sends no field at all. */
export const tick: z.ZodType<boolean, unknown> = z.preprocess((value) => !isEmpty(value), z.boolean());

/** A box that must be ticked. */
export const mustTick: z.ZodType<true, unknown> = field(() => true as const, 'common:form.tick');

export const uuid: z.ZodType<string, unknown> = field((value) =>
  /^[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i.test(value) ? value.toLowerCase() : fault('common:form.malformed'));

export const mailAddress: z.ZodType<string, unknown> = field((value) =>
  value.length <= 254 && z.email().safeParse(value).success ? value : fault('common:form.notMail', { value }));

/** A link to a page of the web. */
export const webAddress: z.ZodType<string, unknown> = field((value) =>
  value.length <= 2000 && URL.canParse(value) && /^https?:$/.test(new URL(value).protocol) ? value : fault('common:form.notLink', { value }));

/** Rows of fields, out of a form (`withRows`) or JSON; none sent is an empty list. */
export function rows<T>(schema: z.ZodType<T, unknown>, { most }: { readonly most: number }): z.ZodType<T[], unknown> {
  const asList = (value: unknown): unknown =>
    isEmpty(value) ? [] : typeof value === 'object' && value !== null && !Array.isArray(value) ? Object.values(value) : value;
  const counted = z.array(schema).superRefine((list, context) => {
    if (list.length > most) addFault(context, fault('common:form.tooMany', { count: most }));
  });
  return z.preprocess(asList, counted);
}

/**
 * The schema, for what a form sends: lists of rows (`subjects[0][name]`, with the most rows of each) and groups of
 * fields (`reporter[mail]`), whose fields come by name and no deeper.
 */
export function withRows<T>(schema: z.ZodType<T, unknown>, lists: Readonly<Record<string, number>>, groups: readonly string[] = []): z.ZodType<T, unknown> {
  return z.preprocess((body) => {
    if (typeof body !== 'object' || body === null) return body;
    const values: Record<string, unknown> = { ...body };
    for (const [list, most] of Object.entries(lists)) {
      const found = rowsNamed(values, list, most);
      if (found.length > 0) values[list] = found;
    }
    for (const group of groups) {
      const found = groupNamed(values, group);
      if (Object.keys(found).length > 0) values[group] = found;
    }
    return values;
  }, schema);
}

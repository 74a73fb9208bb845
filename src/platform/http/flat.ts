import { isUtf8 } from 'node:buffer';
import { refusedCharacter, type RefusedCharacter } from '../../rules/text/characters.ts';
import { BadRequest } from './errors.ts';

/** One field as a browser posts it. */
export type Entry = readonly [name: string, value: string];

/**
 * What came in, by name and no deeper: `parts[0][unit]` is a name like any other, whatever its brackets say, so that
 * nobody can make the program build what his names describe. A name that came several times has all of its values.
 *
 * A text with a character that may not come in is not handed out: reading its field throws `BadRequest`, whoever reads
 * it. Forms ask for it by `typedIn`, to say so beside the field.
 */
export type Fields = Readonly<Record<string, string | string[]>>;

const TYPED = Symbol('typed');

interface Typed {
  readonly entries: readonly Entry[];
  readonly refused: ReadonlyMap<string, RefusedCharacter>;
}

/** Words for a refused character: `common:form.character.<kind>` with its position and code. */
export const characterKey = ({ kind }: RefusedCharacter): string => `common:form.character.${kind}`;

export const characterParams = ({ position, code }: RefusedCharacter): { position: number; code: string } => ({ position, code });

/** A text that may not come in, where there is no form to say it beside its field. `place` is the name of what it stands in. */
export const refusal = (place: string, { kind, position, code }: RefusedCharacter): BadRequest =>
  new BadRequest(`errors:character.${kind}`, { place: shownName(place), position, code });

const LONGEST_SHOWN = 60;

/** A name that came from outside, fit to be shown: what may not come in is shown by its code. */
function shownName(name: string): string {
  const plain = Array.from(name.slice(0, LONGEST_SHOWN), (character) => refusedCharacter(character)?.code ?? character).join('');
  return name.length > LONGEST_SHOWN ? `${plain}…` : plain;
}

/** Longest name of a field, in UTF-16 units; the application's own have fewer than 60. */
const LONGEST_NAME = 200;

/** Gathers fields under their names. @throws BadRequest when a name is too long, or has a character that may not come in. */
export function fieldsOf(entries: readonly Entry[]): Fields {
  const refused = new Map<string, RefusedCharacter>();
  for (const [name, value] of entries) {
    if (name.length > LONGEST_NAME) throw new BadRequest('errors:malformed');
    const wrongName = refusedCharacter(name);
    if (wrongName) throw refusal(name, wrongName);
    const wrong = refusedCharacter(value);
    if (wrong && !refused.has(name)) refused.set(name, wrong);
  }
  const fields = valuesByName(entries);
  for (const [name, wrong] of refused) Object.defineProperty(fields, name, { enumerable: true, get: () => { throw refusal(name, wrong); } });
  Object.defineProperty(fields, TYPED, { value: { entries, refused } satisfies Typed });
  return fields;
}

/** What was typed and what of it may not come in: for showing the form again. Bodies of the API, and none, have nothing. */
export function typedIn(body: unknown): Typed | undefined {
  return typeof body === 'object' && body !== null && TYPED in body ? (body[TYPED] as Typed) : undefined;
}

/** Values by name; a name that came several times has all of them. */
export function valuesByName(entries: readonly Entry[]): Record<string, string | string[]> {
  const values = Object.create(null) as Record<string, string | string[]>;
  for (const [name, value] of entries) {
    const before = values[name];
    if (Array.isArray(before)) before.push(value);
    else values[name] = before === undefined ? value : [before, value];
  }
  return values;
}

/** The text of percent-encoded bytes; U+FFFD stands for those that are not UTF-8, and is refused as such. */
const decoded = (encoded: string): string =>
  Buffer.from(encoded.replaceAll(/%([0-9A-Fa-f]{2})/gu, (_, hex: string) => String.fromCharCode(Number.parseInt(hex, 16))), 'latin1').toString('utf8');

const textOf = (encoded: string): string => decoded(encoded.replaceAll('+', ' '));

/**
 * The fields of `application/x-www-form-urlencoded`, whose bytes are given as latin-1, in one pass.
 * @returns null when there are more than `most`.
 */
export function entriesOfPairs(text: string, most: number): Entry[] | null {
  const entries: Entry[] = [];
  for (let from = 0; from < text.length;) {
    const end = text.indexOf('&', from);
    const pair = text.slice(from, end < 0 ? text.length : end);
    from += pair.length + 1;
    if (pair === '') continue;
    if (entries.length === most) return null;
    const sign = pair.indexOf('=');
    entries.push(sign < 0 ? [textOf(pair), ''] : [textOf(pair.slice(0, sign)), textOf(pair.slice(sign + 1))]);
  }
  return entries;
}

/** Of an address, as of a form. */
export const mostFields = 1000;

/** The parameters of an address, by name and no deeper. What may not come in is left out: `checkAddress` refused it before anybody reads them. */
export function queryFields(query: string | null | undefined): Fields {
  const entries = entriesOfPairs(query ?? '', mostFields) ?? [];
  return fieldsOf(entries.filter(([name, value]) => name.length <= LONGEST_NAME && !refusedCharacter(name) && !refusedCharacter(value)));
}

/**
 * Looks at an address before anybody acts on it: its path is well encoded and has neither controls nor other characters
 * that may not come in, and neither has any of its parameters.
 * @throws BadRequest naming the parameter.
 */
export function checkAddress(address: string): void {
  const sign = address.indexOf('?');
  const path = sign < 0 ? address : address.slice(0, sign);
  if (/%(?![0-9A-Fa-f]{2})/u.test(path)) throw new BadRequest('errors:malformed');
  const wrong = refusedCharacter(decoded(path).replaceAll(/[\t\n\r]/gu, '\0'));
  if (wrong) throw new BadRequest(`errors:characterInPath.${wrong.kind}`, { position: wrong.position, code: wrong.code });
  const entries = sign < 0 ? [] : entriesOfPairs(address.slice(sign + 1), mostFields);
  if (entries === null) throw new BadRequest('errors:tooManyParameters', { limit: mostFields });
  fieldsOf(entries);
  for (const [name, value] of entries) {
    const found = refusedCharacter(value);
    if (found) throw refusal(name, found);
  }
}

/** Rows of a form by number, so many at most, with a place for those between that did not come. */
type Row = Record<string, string | string[]>;

/**
 * The rows of a form, whose fields are named `subjects[0][name]`: the one way in which a form has lists of rows. No row
 * beyond `most` is built but one, by which the reader knows that there are too many.
 */
export function rowsNamed(values: Readonly<Record<string, unknown>>, list: string, most: number): Row[] {
  const rows: Row[] = [];
  for (const [name, value] of Object.entries(values)) {
    if (!name.startsWith(`${list}[`)) continue;
    const [, number, field] = /^\[(\d{1,4})\]\[(\w{1,60})\]$/.exec(name.slice(list.length)) ?? [];
    if (number === undefined || field === undefined || (typeof value !== 'string' && !Array.isArray(value))) continue;
    const at = Math.min(Number(number), most);
    while (rows.length <= at) rows.push({});
    rows[at]![field] = value as string | string[];
  }
  return rows;
}

/** The fields of a group, named `reporter[mail]`. */
export function groupNamed(values: Readonly<Record<string, unknown>>, group: string): Row {
  const fields: Row = {};
  for (const [name, value] of Object.entries(values)) {
    const [, field] = name.startsWith(`${group}[`) ? /^\[([A-Za-z]\w{0,59})\]$/.exec(name.slice(group.length)) ?? [] : [];
    if (field !== undefined && (typeof value === 'string' || Array.isArray(value))) fields[field] = value as string | string[];
  }
  return fields;
}

/** The JSON of a body. @throws BadRequest when its bytes are no UTF-8: the place is a character, counted from 1. */
export function assertUtf8(bytes: Buffer): void {
  if (isUtf8(bytes)) return;
  const text = bytes.toString('utf8');
  throw new BadRequest('errors:notUtf8', { position: [...text.slice(0, text.indexOf('\uFFFD'))].length + 1 });
}

const DEEPEST = 32;

/**
 * Looks at all texts of a JSON value, names of members as well, and answers each that may not come in with its place as
 * forms name it (`subjects[0][name]`).
 * @throws BadRequest when lists and objects stand deeper in one another than any that is asked for.
 */
export function refusedInJson(value: unknown): Map<string, RefusedCharacter> {
  const refused = new Map<string, RefusedCharacter>();
  const look = (text: string, place: string): void => {
    const found = refusedCharacter(text);
    if (found) refused.set(shownName(place), found);
  };
  const walk = (at: unknown, place: string, depth: number): void => {
    if (typeof at === 'string') return look(at, place);
    if (typeof at !== 'object' || at === null) return;
    if (depth > DEEPEST) throw new BadRequest('errors:malformed');
    for (const [name, inner] of Object.entries(at)) {
      look(name, name);
      walk(inner, place === '' ? name : `${place}[${name}]`, depth + 1);
    }
  };
  walk(value, '', 0);
  return refused;
}

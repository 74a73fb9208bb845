import { typedIn, type Entry } from './flat.ts';

export type { Entry } from './flat.ts';

/** The fields of a body as the browser posted them, also those whose text may not come in: for a form that is shown again. */
export const entriesOf = (body: unknown): readonly Entry[] => typedIn(body)?.entries ?? [];

const TAG = /<!--[\s\S]*?-->|<(\/?)(form|input|textarea|select|option)\b((?:"[^"]*"|'[^']*'|[^'">])*)>/gi;
const ATTRIBUTE = /([^\s=>"'/]+)(?:\s*=\s*(?:"([^"]*)"|'([^']*)'|([^\s>"']+)))?/g;
const ENTITIES: Readonly<Record<string, string>> = { amp: '&', lt: '<', gt: '>', quot: '"', '#34': '"', '#39': "'" };

function decode(text: string): string {
  return text.replace(/&(amp|lt|gt|quot|#34|#39);/g, (whole, name: string) => ENTITIES[name] ?? whole);
}

function encode(text: string): string {
  return text.replace(/[&<>"']/g, (character) => `&#${character.charCodeAt(0)};`);
}

function attributesOf(source: string): Map<string, string> {
  const attributes = new Map<string, string>();
  for (const [, name, double, single, bare] of source.matchAll(ATTRIBUTE)) {
    if (name !== undefined) attributes.set(name.toLowerCase(), decode(double ?? single ?? bare ?? ''));
  }
  return attributes;
}

/** The tag's attributes without `dropped`, and with `added` at the end. */
function rewritten(tag: string, source: string, dropped: string, added: string): string {
  const kept = source.replace(/\/\s*$/, '').replace(ATTRIBUTE, (whole, name: string) => (name.toLowerCase() === dropped ? '' : whole));
  return `<${tag}${kept.trimEnd()}${added}>`;
}

const LEFT_ALONE = new Set(['hidden', 'password', 'file', 'submit', 'button', 'image', 'reset']);

/** The values still to be placed, by name; `a[]` and `a` are one name, as a lone value loses its brackets. */
class Values {
  readonly #byName = new Map<string, string[]>();

  constructor(entries: readonly Entry[]) {
    for (const [name, value] of entries) this.#list(name).push(value);
  }

  #list(name: string): string[] {
    const key = name.endsWith('[]') ? name.slice(0, -2) : name;
    const list = this.#byName.get(key) ?? [];
    this.#byName.set(key, list);
    return list;
  }

  next(name: string): string | undefined {
    return this.#list(name).shift();
  }

  takeExactly(name: string, value: string): boolean {
    const list = this.#list(name);
    const at = list.indexOf(value);
    if (at >= 0) list.splice(at, 1);
    return at >= 0;
  }

  forget(name: string): void {
    this.#list(name).length = 0;
  }

  left(): Entry[] {
    return [...this.#byName].flatMap(([name, values]) =>
      values.filter((value) => value !== '').map((value): Entry => [name, value]));
  }
}

export interface FilledPage {
  readonly html: string;
  /** Whether the page has the form at all. */
  readonly found: boolean;
  /** What found no field. */
  readonly left: readonly Entry[];
}

/**
 * Puts posted values back into the form of a rendered page whose `action` has this path. Hidden fields, passwords and files stay as the page has them. A box or choice
 * that was not posted is unticked, as browsers post only what is ticked.
 *
 * It reads the HTML of this project's own templates (quoted attributes, no inline script), not any HTML.
 */
export function fillForm(html: string, action: string, entries: readonly Entry[]): FilledPage {
  const values = new Values(entries);
  let out = '';
  let at = 0;
  let inside = false;
  let found = false;
  let select: { name: string; wanted: string[] } | null = null;

  for (const match of html.matchAll(TAG)) {
    const [whole, slash, name, source = ''] = match;
    if (name === undefined || match.index < at) continue;
    const tag = name.toLowerCase();
    if (tag === 'form') {
      const attributes = attributesOf(source);
      inside = slash === '' && !found && attributes.get('method')?.toLowerCase() === 'post'
        && attributes.get('action')?.split('?', 1)[0] === action;
      found ||= inside;
      continue;
    }
    if (!inside) continue;
    if (slash === '/') {
      if (tag === 'select') select = null;
      continue;
    }
    const attributes = attributesOf(source);
    const field = attributes.get('name') ?? '';
    const value = attributes.get('value') ?? '';
    let replacement: string | null = null;
    let end = match.index + whole.length;

    if (tag === 'input') {
      const type = attributes.get('type')?.toLowerCase() ?? 'text';
      if (field === '') continue;
      if (LEFT_ALONE.has(type)) values.forget(field);
      else if (type === 'checkbox' || type === 'radio') {
        const ticked = values.takeExactly(field, attributes.has('value') ? value : 'on');
        replacement = rewritten(tag, source, 'checked', ticked ? ' checked' : '');
      } else {
        const typed = values.next(field);
        if (typed !== undefined) replacement = rewritten(tag, source, 'value', ` value="${encode(typed)}"`);
      }
    } else if (tag === 'textarea') {
      const typed = values.next(field);
      const close = html.indexOf('</textarea', end);
      if (typed !== undefined && close >= 0) {
        replacement = `${whole}\n${encode(typed)}`;
        end = close;
      }
    } else if (tag === 'select') {
      const wanted: string[] = [];
      const many = attributes.has('multiple');
      for (let typed = values.next(field); typed !== undefined; typed = many ? values.next(field) : undefined) wanted.push(typed);
      select = wanted.length > 0 ? { name: field, wanted } : null;
    } else if (select !== null) {
      const text = html.slice(end, html.indexOf('<', end));
      const own = attributes.has('value') ? value : decode(text).trim();
      replacement = rewritten(tag, source, 'selected', select.wanted.includes(own) ? ' selected' : '');
    }
    if (replacement !== null) {
      out += html.slice(at, match.index) + replacement;
      at = end;
    }
  }
  return { html: out + html.slice(at), found, left: values.left() };
}

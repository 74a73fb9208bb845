import { DEMO_PASSWORD } from './web.ts';

export type Fields = Readonly<Record<string, string | readonly string[]>>;

/** What a browser got. */
export interface Answer {
  readonly status: number;
  readonly html: string;
  /** Where it is sent on to; empty when it is not. */
  readonly location: string;
  /** How long it took. */
  readonly ms: number;
}

/** Nothing came back: the connection was refused or broke, as when the web process is killed. */
export class NoAnswer extends Error {
  override readonly name = 'NoAnswer';
}

const decode = (text: string): string =>
  text.replaceAll('&#34;', '"').replaceAll('&#39;', "'").replaceAll('&lt;', '<').replaceAll('&gt;', '>').replaceAll('&amp;', '&');

/** The text of a page on one line. */
export const textOf = (html: string): string =>
  decode(html.replace(/<(script|style)[\s\S]*?<\/\1>/g, ' ').replace(/<[^>]+>/g, ' ')).replace(/\s+/g, ' ').trim();

/** The hidden fields of the form that is sent to this address; null when the page has no such form. */
export function findForm(html: string, action: string): Fields | null {
  const form = [...html.matchAll(/<form[^>]*action="([^"]*)"[\s\S]*?<\/form>/g)].find(([, to]) => decode(to!) === action)?.[0];
  if (form === undefined) return null;
  const fields: Record<string, string | string[]> = {};
  for (const [, name, value] of form.matchAll(/<input type="hidden" name="([^"]+)" value="([^"]*)"/g)) {
    const before = fields[name!];
    fields[name!] = before === undefined ? decode(value!) : [before, decode(value!)].flat();
  }
  return fields;
}

export function formOf(html: string, action: string): Fields {
  const form = findForm(html, action);
  if (!form) throw new Error(`the page has no form for ${action}: ${textOf(html).slice(0, 300)}`);
  return form;
}

/** Somebody at a browser that talks to a web process over the network, as that process may be killed. */
export class Visitor {
  readonly username: string;
  readonly #url: string;
  readonly #cookies = new Map<string, string>();

  constructor(url: string, username: string) {
    this.#url = url;
    this.username = username;
  }

  get(path: string): Promise<Answer> {
    return this.#ask(path, { method: 'GET' });
  }

  post(path: string, fields: Fields): Promise<Answer> {
    const body = new URLSearchParams(Object.entries(fields).flatMap(([name, value]) => [value].flat().map((one): [string, string] => [name, one])));
    return this.#ask(path, { method: 'POST', body });
  }

  /** @throws unless the page is there. */
  async page(path: string): Promise<string> {
    const { status, html, location } = await this.get(path);
    if (status !== 200) throw new Error(`${path} answered ${status} ${location}: ${textOf(html).slice(0, 300)}`);
    return html;
  }

  async signIn(password = DEMO_PASSWORD): Promise<this> {
    const form = formOf(await this.page('/login'), '/login');
    const { status, html } = await this.post('/login', { ...form, username: this.username, password, next: '/' });
    if (status !== 302 && status !== 303) throw new Error(`${this.username} could not sign in: ${status} ${textOf(html).slice(0, 300)}`);
    return this;
  }

  async #ask(path: string, init: RequestInit): Promise<Answer> {
    const started = performance.now();
    const cookie = [...this.#cookies].map(([name, value]) => `${name}=${value}`).join('; ');
    let response: Response;
    let html: string;
    try {
      response = await fetch(`${this.#url}${path}`, { ...init, headers: { Cookie: cookie }, redirect: 'manual', signal: AbortSignal.timeout(60_000) });
      html = await response.text();
    } catch (error) {
      throw new NoAnswer(`${path} was not answered`, { cause: error });
    }
    for (const line of response.headers.getSetCookie()) {
      const [name = '', value = ''] = /^([^=]+)=([^;]*)/.exec(line)?.slice(1) ?? [];
      if (value === '' || /expires=Thu, 01 Jan 1970/i.test(line)) this.#cookies.delete(name);
      else this.#cookies.set(name, value);
    }
    return { status: response.status, html, location: response.headers.get('location') ?? '', ms: performance.now() - started };
  }
}

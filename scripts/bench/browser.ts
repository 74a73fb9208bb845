import { Agent, request, type IncomingHttpHeaders } from 'node:http';
import { DEFAULT_DEMO_PASSWORD } from '../../src/config.ts';

export interface Answer {
  readonly status: number;
  readonly headers: IncomingHttpHeaders;
  readonly body: string;
  readonly bytes: number;
  /** From the first byte sent to the last byte received, in milliseconds. */
  readonly ms: number;
}

/** Reads a hidden field of a page. */
export function hidden(html: string, name: string): string {
  const found = new RegExp(`name="${name}" value="([^"]*)"`).exec(html)?.[1];
  if (found === undefined) throw new Error(`The page has no field ${name}.`);
  return found.replaceAll('&#34;', '"').replaceAll('&amp;', '&');
}

/** One person at one browser: cookies of the sign-in kept, connections kept open, redirects not followed. */
export class Browser {
  readonly #url: string;
  readonly #cookies = new Map<string, string>();
  readonly #asks: () => Readonly<Record<string, string>>;
  /** First in, first out: no connection rests for so long that the server closes it just as it is used again. */
  readonly #agent = new Agent({ keepAlive: true, maxSockets: 16, scheduling: 'fifo' });
  #token = '';
  /** After the sign-in nothing more is kept: messages for the page after an act would pile up, as it is not opened. */
  #keeps = true;

  /** @param asks headers that it sends with each request. */
  constructor(url: string, asks: () => Readonly<Record<string, string>> = () => ({})) {
    this.#url = url;
    this.#asks = asks;
  }

  get(path: string): Promise<Answer> {
    return this.#send('GET', path, null);
  }

  /** Sends a form with this session's token. */
  post(path: string, fields: Readonly<Record<string, string>>): Promise<Answer> {
    return this.#send('POST', path, new URLSearchParams({ _csrf: this.#token, ...fields }).toString());
  }

  /** @throws when the account is not taken. */
  async signIn(username: string): Promise<this> {
    this.#token = hidden((await this.get('/login')).body, '_csrf');
    const answer = await this.post('/login', { username, password: DEFAULT_DEMO_PASSWORD, next: '/settings' });
    if (answer.headers.location !== '/settings') throw new Error(`${username} could not sign in: ${answer.status}.`);
    this.#token = hidden((await this.get('/settings')).body, '_csrf');
    this.#keeps = false;
    return this;
  }

  /** Signs in to the portal by the link that is sent to this address. */
  async signInByLink(mail: string, readLink: () => Promise<string>): Promise<this> {
    const portal = '/public/portal';
    this.#token = hidden((await this.get(`${portal}/sign-in`)).body, '_csrf');
    const asked = await this.post(`${portal}/sign-in`, { mail });
    if (asked.status !== 303) throw new Error(`No link was sent: ${asked.status}.`);
    await this.get(await readLink());
    this.#token = hidden((await this.get(`${portal}/firms/new`)).body, '_csrf');
    this.#keeps = false;
    return this;
  }

  /** Sends a form with files. */
  async postParts(path: string, fields: Readonly<Record<string, string>>, files: readonly { readonly field: string; readonly name: string; readonly content: string }[]): Promise<Answer> {
    const form = new FormData();
    for (const [name, value] of Object.entries({ _csrf: this.#token, ...fields })) form.append(name, value);
    for (const { field, name, content } of files) form.append(field, new Blob([content], { type: 'application/pdf' }), name);
    const written = new Response(form);
    return this.#send('POST', path, Buffer.from(await written.arrayBuffer()), written.headers.get('content-type') ?? '');
  }

  close(): void {
    this.#agent.destroy();
  }

  #keep(headers: IncomingHttpHeaders): void {
    for (const line of this.#keeps ? headers['set-cookie'] ?? [] : []) {
      const [name, value] = line.split(';', 1)[0]!.split('=', 2) as [string, string];
      this.#cookies.set(name, value);
    }
  }

  #send(method: string, path: string, body: string | Buffer | null, type = 'application/x-www-form-urlencoded'): Promise<Answer> {
    return new Promise((resolve, reject) => {
      const began = performance.now();
      const sent = request(`${this.#url}${path}`, {
        method,
        agent: this.#agent,
        headers: {
          ...this.#asks(),
          ...(this.#cookies.size > 0 ? { cookie: [...this.#cookies].map(([name, value]) => `${name}=${value}`).join('; ') } : {}),
          ...(body === null ? {} : { 'content-type': type, 'content-length': Buffer.byteLength(body) }),
        },
      }, (response) => {
        const parts: Buffer[] = [];
        response.on('data', (part: Buffer) => parts.push(part));
        response.on('error', reject);
        response.on('end', () => {
          const ms = performance.now() - began;
          this.#keep(response.headers);
          const whole = Buffer.concat(parts);
          resolve({ status: response.statusCode ?? 0, headers: response.headers, body: whole.toString('utf8'), bytes: whole.length, ms });
        });
      });
      sent.on('error', reject);
      sent.end(body ?? undefined);
    });
  }
}

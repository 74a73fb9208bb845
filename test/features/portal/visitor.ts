import type { Response } from 'supertest';
import { formOf, type Bureau, type Fields } from '../incidents/bureau.ts';
import type { TestBrowser } from '../../support/web.ts';

export const home = '/public/portal';
export const signIn = `${home}/sign-in`;

/** The link in the last letter that was queued. */
export async function lastLink(bureau: Bureau): Promise<string> {
  const { text }: { text: string } = await bureau.knex('mail').where({ template: 'signInLink' }).orderBy('queued_at', 'desc').first('text');
  const link = /\/public\/portal\/sign-in\/[\w-]{43}/.exec(text)?.[0];
  if (link === undefined) throw new Error('the letter has no link');
  return link;
}

/** The code in it. */
export async function lastCode(bureau: Bureau): Promise<string> {
  const { text }: { text: string } = await bureau.knex('mail').where({ template: 'signInLink' }).orderBy('queued_at', 'desc').first('text');
  const code = /：(\d{3} \d{3})。/u.exec(text)?.[1];
  if (code === undefined) throw new Error('the letter has no code');
  return code;
}

/** The visible text of a page's part. */
export class Applicant {
  readonly agent: TestBrowser['agent'];
  readonly #bureau: Bureau;

  constructor(bureau: Bureau) {
    this.#bureau = bureau;
    this.agent = bureau.agent();
  }

  async page(path: string): Promise<string> {
    const { status, text, headers } = await this.agent.get(path);
    if (status !== 200) throw new Error(`${path} answered ${status} ${String(headers['location'] ?? '')}`);
    return text;
  }

  async ask(mail: string, next = ''): Promise<Response> {
    const path = next === '' ? signIn : `${signIn}?next=${encodeURIComponent(next)}`;
    // The page first: a request takes the cookies of the moment in which it is made.
    const form = formOf(await this.page(path), signIn);
    return this.agent.post(signIn).type('form').send({ ...form, mail });
  }

  async signIn(mail: string, next = ''): Promise<Response> {
    const asked = await this.ask(mail, next);
    if (asked.status !== 303) throw new Error(`asking for a link answered ${asked.status}`);
    return this.agent.get(await lastLink(this.#bureau));
  }

  /** Sends a form of a page with its hidden fields, these, and files. */
  async send(page: string, action: string, fields: Fields, files: { field: string; name: string; content: Buffer }[] = []): Promise<Response> {
    const form = { ...formOf(await this.page(page), action), ...fields };
    let request = this.agent.post(action);
    for (const [name, value] of Object.entries(form)) for (const one of [value].flat()) request = request.field(name, one);
    for (const { field, name, content } of files) request = request.attach(field, content, name);
    return request;
  }

  /** Speaks for a firm: asks with proof, and the credit office confirms. */
  async bind(uscc: string, name: string, more: Fields = {}): Promise<void> {
    const path = `${home}/firms/new`;
    const sent = await this.send(path, path, { uscc, name, ...more }, [{ field: 'proof', name: '营业执照.pdf', content: pdf }]);
    if (sent.status !== 303) throw new Error(`binding answered ${sent.status}`);
    const { id }: { id: string } = await this.#bureau.knex('portal_binding').where({ uscc }).orderBy('asked_at', 'desc').first('id');
    const office = await this.#bureau.clerk('xyb.handler');
    const page = `/portal-bindings/${id}`;
    const decided = await office.post(page, { ...(await office.form(page, page)), outcome: 'confirmed' });
    if (decided.status !== 303) throw new Error(`the credit office's decision answered ${decided.status}`);
  }
}

export const pdf = Buffer.from('%PDF-1.4\n1 0 obj\n<< /Type /Catalog >>\nendobj\ntrailer << /Root 1 0 R >>\n%%EOF\n');

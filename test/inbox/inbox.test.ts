import { mkdtemp, readdir, rm } from 'node:fs/promises';
import { request } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect } from 'chai';
import { createTransport } from 'nodemailer';
import { startInbox } from '../../src/inbox/server.ts';
import { createPorts } from '../../src/launcher/ports.ts';
import { createInboxClient } from '../support/inbox.ts';

describe('the local inbox', () => {
  let folder: string;
  let smtpPort: number;
  let httpPort: number;
  let inbox: { close(): Promise<void> };
  const url = () => `http://127.0.0.1:${httpPort}`;
  const client = () => createInboxClient(url());

  async function open(): Promise<void> {
    inbox = await startInbox({ folder, smtpPort, httpPort, onError: (error) => { throw error; } });
  }

  before(async () => {
    folder = await mkdtemp(join(tmpdir(), 'xinzhi-inbox-'));
    const ports = createPorts(undefined, { smtp: 22_525, inbox: 28_025 });
    smtpPort = await ports.choose('smtp');
    httpPort = await ports.choose('inbox');
    await open();
  });
  afterEach(() => client().clear());
  after(async () => {
    await inbox.close();
    await rm(folder, { recursive: true });
  });

  const send = (mail: object) => createTransport(`smtp://127.0.0.1:${smtpPort}`).sendMail({
    from: '信治 <noreply@xinzhi.example>', to: 'xyb.handler@demo.example', subject: '【信治】请签收', text: '请签收。', ...mail,
  });

  /** `fetch` sets these headers itself, so a page from elsewhere is played by hand. */
  function statusWith(method: string, path: string, headers: Record<string, string>): Promise<number | undefined> {
    return new Promise((resolve, reject) => {
      request({ port: httpPort, method, path, headers }, (response) => { response.resume(); resolve(response.statusCode); }).once('error', reject).end();
    });
  }

  it('keeps what it is sent, newest first', async () => {
    await send({ subject: 'first' });
    await send({ subject: 'second', headers: { 'Auto-Submitted': 'auto-generated' }, references: ['<case.1@xinzhi>'] });
    const mails = await client().messages();
    expect(mails.map(({ subject }) => subject)).to.deep.equal(['second', 'first']);
    expect(mails[0]).to.deep.include({ to: ['xyb.handler@demo.example'], from: 'noreply@xinzhi.example', references: ['<case.1@xinzhi>'] });
    expect(mails[0]?.headers['auto-submitted']).to.deep.equal(['auto-generated']);
  });

  it('gives the mails of one recipient', async () => {
    await send({ to: 'a@x.example' });
    await send({ to: 'B@x.example' });
    expect(await client().messages('b@x.example')).to.have.length(1);
  });

  it('still has them after a restart', async () => {
    await send({ subject: 'kept' });
    await inbox.close();
    await open();
    expect((await client().messages()).map(({ subject }) => subject)).to.deep.equal(['kept']);
  });

  it('is empty after clearing, on the disk too', async () => {
    await send({});
    await client().clear();
    expect(await client().messages()).to.deep.equal([]);
    expect(await readdir(folder)).to.deep.equal([]);
  });

  it('refuses for good or for now where the address says so', async () => {
    const code = (to: string) => send({ to }).then(() => 250, (error: { responseCode?: number }) => error.responseCode);
    expect(await code('refuse-this@x.example')).to.equal(550);
    expect(await code('busy-now@x.example')).to.equal(451);
  });

  it('shows a mail without running anything in it', async () => {
    await send({ subject: '<script>alert(1)</script>', html: '<html><head></head><body><script>alert(1)</script><a href="http://127.0.0.1:3000/">x</a></body></html>' });
    const [mail] = await client().messages();
    const list = await (await fetch(`${url()}/`)).text();
    expect(list).to.include('&lt;script&gt;alert(1)&lt;/script&gt;').and.not.include('<script>');
    const page = await fetch(`${url()}/messages/${mail?.id}`);
    expect(await page.text()).to.match(/<iframe [^>]*sandbox="allow-popups allow-popups-to-escape-sandbox"/);
    const html = await fetch(`${url()}/messages/${mail?.id}/html`);
    expect(html.headers.get('content-security-policy')).to.match(/^sandbox /).and.include("default-src 'none'").and.not.include('allow-scripts');
    expect(await html.text()).to.include('<base target="_blank">');
  });

  it('gives the original as a download', async () => {
    await send({ subject: 'original' });
    const [mail] = await client().messages();
    const raw = await fetch(`${url()}/messages/${mail?.id}/raw`);
    expect(raw.headers.get('content-disposition')).to.include('attachment');
    expect(await raw.text()).to.include('Subject: original');
  });

  it('speaks the language of the browser', async () => {
    const heading = async (language: string) => (await fetch(url(), { headers: { 'Accept-Language': language } })).text();
    expect(await heading('en')).to.include('Local inbox');
    expect(await heading('zh-CN,en;q=0.5')).to.include('本机收件箱');
    expect(await heading('fr')).to.include('本机收件箱');
  });

  it('a mail that is not there, or a path that means something else, is not found', async () => {
    for (const path of ['/messages/1', '/messages/..%2f..%2fsecrets/raw', '/other']) {
      expect((await fetch(`${url()}${path}`)).status, path).to.equal(404);
    }
  });

  it('another site can neither read nor clear it', async () => {
    expect(await statusWith('GET', '/api/messages', { Host: 'evil.example' })).to.equal(403);
    expect(await statusWith('POST', '/clear', { Host: `127.0.0.1:${httpPort}`, 'Sec-Fetch-Site': 'cross-site' })).to.equal(403);
    expect(await statusWith('POST', '/clear', { Host: `127.0.0.1:${httpPort}`, 'Sec-Fetch-Site': 'same-origin' })).to.equal(303);
  });
});

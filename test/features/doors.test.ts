import { readFileSync } from 'node:fs';
import { expect } from 'chai';
import type { Test } from 'supertest';
import { features } from '../../src/commands/features.ts';
import { run } from '../../src/commands/mend-text.ts';
import { exampleRecord } from '../../src/features/api/openapi/records.ts';
import { seedCalendar } from '../../src/features/calendar/index.ts';
import { seedRules } from '../../src/features/rules/index.ts';
import { verifyRecords } from '../../src/platform/records/verify.ts';
import type { Feature } from '../../src/platform/http/feature.ts';
import { folded } from '../../src/rules/text/alike.ts';
import { carriedCharacters, hostileNames, lookAlikes, unseenMarks } from '../support/hostile.ts';
import { said } from '../support/said.ts';
import { behindTheTriggers, createTestTemporal, testConfig } from '../support/stack.ts';
import { createTestWeb, hidden, type TestBrowser, type TestWeb } from '../support/web.ts';
import { openBureau, type Bureau } from './incidents/bureau.ts';

/** Most time of the processor for one answer, in milliseconds: the first one of a page also compiles it. */
const dearest = 5000;

interface Layer {
  readonly route?: { readonly path: string; readonly methods: Readonly<Record<string, boolean>> };
}

const routesOf = ({ path, router }: Feature): { method: string; path: string }[] =>
  (router as unknown as { stack: Layer[] }).stack.flatMap(({ route }) =>
    (route === undefined ? [] : Object.keys(route.methods).map((method) => ({ method, path: `${path === '/' ? '' : path}${String(route.path)}` }))));

describe('every route', function () {
  this.timeout(500_000);
  let web: TestWeb;
  let known: Feature[] = [];
  let browser: TestBrowser;
  let token: string;
  const temporal = createTestTemporal();
  before(async () => {
    web = await createTestWeb({
      features: [(ground) => {
        known = features({ config: { ...ground.config, actTimeoutMs: 500 }, knex: ground.knex, logger: ground.logger, client: temporal.client, taskQueue: 'nobody' }).flatMap((make) => make(ground));
        return known;
      }],
    });
    await seedRules(web.knex);
    await seedCalendar(web.knex);
    browser = web.browser();
    await browser.signIn('xyb.leader');
    token = hidden((await browser.get('/settings/password').expect(200)).text, '_csrf');
  });
  after(async () => {
    await temporal.connection.close();
    await web.close();
  });

  async function sound(what: string, request: Test): Promise<number> {
    const began = process.cpuUsage();
    const { status, text } = await request.redirects(0).ok(() => true);
    expect(status, `${what}: ${text?.slice(0, 200)}`).to.be.below(500);
    expect(process.cpuUsage(began).user / 1000, what).to.be.below(dearest);
    return status;
  }

  const filled = (path: string, value: string): string => path.replaceAll(/:\w+/gu, value).replaceAll(/\{|\}|\*\w+/gu, '');
  const every = () => known.flatMap(routesOf);

  it('is in the net', () => {
    expect(every().length).to.be.above(150);
  });

  it('refuses NUL in its path and in its query', async () => {
    for (const { method, path } of every()) {
      if (path.includes(':')) expect(await sound(`${method} ${path}`, browser.agent.get(filled(path, 'a%00b'))), path).to.equal(400);
      if (method === 'get') expect(await sound(`${path}?q`, browser.get(`${filled(path, 'x')}?q=a%00b`)), path).to.equal(400);
    }
  });

  it('answers hostile addresses without a fault', async () => {
    const names = ['q', 'page', 'from', 'after', 'unit', 'show', 'task', 'kept', 'lang', 'next', 'to', 'standing', 'sort', 'of', 'corrects', 'year'];
    const twice = names.map((name) => `${name}=1&${name}=2`).join('&');
    const strange = [...hostileNames.map((name) => `${encodeURIComponent(name)}=x`), ...names.map((name) => `${name}[toString]=x`), ...names.map((name) => `${name}=%E2%80%8B${'長'.length}`)].join('&');
    for (const { method, path } of every()) {
      if (method !== 'get') continue;
      for (const value of path.includes(':') ? ['__proto__', '9'.repeat(2000), '7f3ae02e-92c9-4d4b-9d0b-0d6a2f8b6e11'] : ['']) {
        await sound(`${path} ${value.slice(0, 20)}`, browser.get(filled(path, value)));
      }
      await sound(`${path} twice`, browser.get(`${filled(path, 'x')}?${twice}`));
      await sound(`${path} strange`, browser.get(`${filled(path, 'x')}?${strange}`));
    }
  });

  it('answers hostile forms without a fault', async () => {
    for (const { method, path } of every()) {
      if (method !== 'post' || path === '/logout' || path.startsWith('/api')) continue;
      const form = new URLSearchParams([['_csrf', token], ...hostileNames.map((name): [string, string] => [name, 'x']), ['title', 'a\u0000b'], ['reason', '\uE000'], ['commandId', 'x'], ['commandId', 'y']]);
      await sound(`post ${path}`, browser.agent.post(filled(path, '7f3ae02e-92c9-4d4b-9d0b-0d6a2f8b6e11')).type('form').send(form.toString()));
      await sound(`post ${path} with nothing`, browser.agent.post(filled(path, 'x')).set('x-csrf-token', token).type('text/plain').send('x'));
    }
  });
});

describe('a form of many parts', function () {
  this.timeout(90_000);
  let web: TestWeb;
  before(async () => { web = await createTestWeb(); });
  after(() => web.close());

  const multipart = (names: readonly string[], value = 'x'): string =>
    `${names.map((name) => `--b\r\nContent-Disposition: form-data; name="${name}"\r\n\r\n${value}\r\n`).join('')}--b--\r\n`;
  const send = async (body: string): Promise<{ status: number; cpu: number }> => {
    const began = process.cpuUsage();
    const { status } = await web.browser().agent.post('/login').set('Content-Type', 'multipart/form-data; boundary=b').send(body);
    const { user, system } = process.cpuUsage(began);
    return { status, cpu: (user + system) / 1000 };
  };

  for (const [what, body, status] of [
    ['a list of four thousand million places', multipart(['a[4294967294]']), 403],
    ['a thousand of them', multipart(Array.from({ length: 1000 }, (_, n) => `a[${4294967294 - n}]`)), 403],
    ['names in names in names', multipart([`a${'[b]'.repeat(20)}`, '__proto__[x]', 'constructor[prototype][x]']), 403],
    ['too many fields', multipart(Array.from({ length: 3000 }, (_, n) => `f${n}`)), 413],
    ['more text than a form may have, in pieces', multipart(Array.from({ length: 30 }, (_, n) => `f${n}`), 'x'.repeat(50_000)), 413],
    ['a name without end', multipart(['n'.repeat(5000)]), 400],
    ['headers without end', `--b\r\n${'X: y\r\n'.repeat(20_000)}\r\n\r\n--b--\r\n`, 400],
  ] as const) {
    it(`with ${what} costs no more than its bytes`, async () => {
      const answer = await send(body);
      expect(answer.status).to.equal(status);
      expect(answer.cpu, 'milliseconds').to.be.below(3000);
    });
  }
});

describe('texts at the interface', function () {
  this.timeout(120_000);
  let bureau: Bureau;
  let token: string;
  let keys = 0;
  const environment = { ...process.env };
  before(async () => {
    bureau = await openBureau({ clock: () => new Date('2026-10-15T02:00:00Z') });
    token = await bureau.token('scjg.handler');
  });
  after(async () => {
    process.env = environment;
    await bureau.close();
  });

  const post = (body: object | string | Buffer): Test =>
    bureau.agent().post('/api/v1/records').set('Authorization', `Bearer ${token}`).set('Idempotency-Key', `door-${(keys += 1)}`).set('Content-Type', 'application/json').send(body as object);

  it('that are no UTF-8 are refused', async () => {
    const answer = await post(readFileSync(new URL('../fixtures/gbk-body.json', import.meta.url))).serialize((bytes: unknown) => bytes as string);
    expect(answer.status).to.equal(400);
    expect((answer.body as { detail: string }).detail).to.include('不是 UTF-8');
  });

  it('with a character that may not come in are refused beside their member, and nothing is stored', async () => {
    for (const character of [...carriedCharacters, '\uD800', '\uDFFF']) {
      const answer = await post(JSON.stringify({ ...exampleRecord, documentNo: `宿市监罚${character}〔2026〕1号` }));
      expect(answer.status, character).to.equal(422);
      expect((answer.body as { errors: Record<string, string> }).errors['documentNo']).to.include('第 5 个字符');
    }
    expect(await bureau.knex('record').pluck('id')).to.deep.equal([]);
  });

  it('of one document are one record, however its number is bracketed and spaced', async () => {
    const numbers = ['宿市监处罚〔2026〕接70号', '宿市监处罚[2026]接70号', '宿市监处罚(2026)接70号', '宿市监处罚（2026）接70号', '宿市监处罚〔2026〕接 70号', '宿市监处罚〔２０２６〕接７０号', '宿市监处罚【2026】接70号', '宿市监处罚﹝2026﹞接70号', '宿市监处罚「2026」接\u200b70号'];
    const outcomes: unknown[] = [];
    for (const documentNo of numbers) outcomes.push(((await post({ ...exampleRecord, documentNo })).body as { outcome: string }).outcome);
    expect(outcomes).to.deep.equal(['stored', ...numbers.slice(1).map(() => 'same')]);
    expect(await bureau.knex('record').pluck('document_no')).to.deep.equal([numbers[0]]);
  });

  it('of a firm are found by its name as anybody types it', async () => {
    const stored = await post({ ...exampleRecord, subjectName: '宿迁⼤\u200b⻋\uFE00零\u00AD部件有限公司', subjectCode: '91321302MA8000706P', documentNo: '宿市监罚〔2026〕甲1号' });
    expect(stored.status, JSON.stringify(stored.body)).to.equal(201);
    for (const typed of ['大车零部件', '⼤⻋零部件', '宿迁大车零部件有限公司', '车零\u200b部']) {
      const found = await bureau.agent().get(`/api/v1/records?q=${encodeURIComponent(typed)}`).set('Authorization', `Bearer ${token}`);
      expect(JSON.stringify(found.body), typed).to.include('甲1号');
    }
  });

  it('are compared in the database as in the program', async () => {
    const texts = [...lookAlikes.flat(), ...unseenMarks.map((mark) => `宿${mark}迁`), '宿市监处罚〔２０２６〕１号', '𠮷野家', 'ﬁ①'];
    const { rows }: { rows: { text: string }[] } = await bureau.knex.raw('select folded(t) as text from unnest(?::text[]) with ordinality as given(t, n) order by n', [texts]);
    expect(rows.map(({ text }) => text.toLowerCase())).to.deep.equal(texts.map(folded));
  });

  it('that came in before the doors looked at them are mended by a command, and the chain still proves itself', async () => {
    const { knex } = bureau;
    const config = testConfig();
    const settings = { hash: config.hash, key: config.secrets.chain };
    const id = String(((await post({ ...exampleRecord, documentNo: '宿市监罚〔2026〕毒1号', act: '甲乙丙' })).body as { record: { id: string } }).record.id);
    // As a program without doors would have recorded it: half a pair in the event, covered by the chain, and in the row.
    const { what, ...event } = await knex('record_event').where({ record_id: id, seq: 1 }).first<{ what: { facts: { act: string }; type: string }; key: string; at: Date; recorded_at: Date; actor: null; request_id: string | null }>();
    what.facts.act = '甲\uD800乙';
    const { chainRoot, link } = await import('../../src/platform/chain.ts');
    const { recordEventOf } = await import('../../src/platform/records/events.ts');
    const poisoned = recordEventOf({ ...event, record_id: id, seq: 1, what } as unknown as Parameters<typeof recordEventOf>[0]);
    const hash = link(settings, id, poisoned, chainRoot);
    await behindTheTriggers(knex, ['record_event'], async (owner) => {
      await owner('record_event').where({ record_id: id }).where('seq', '>', 1).delete();
      await owner('record_event').where({ record_id: id }).update({ what: JSON.stringify(what), hash });
    });
    const state = (await knex('record').where({ id }).first<{ state: { facts: { act: string }; seq: number } }>('state')).state;
    state.facts.act = what.facts.act;
    await knex('record').where({ id }).update({ state: JSON.stringify(state), head_seq: 1, head_hash: hash });
    const read = () => knex('record').where({ id }).select(knex.raw(`state -> 'facts' ->> 'documentNo' as no`)).then((rows: { no: string }[]) => rows[0]!.no, () => null);
    expect(await read()).to.equal(null);

    const { connection } = (knex.client as { config: { connection: { connectionString: string } } }).config;
    Object.assign(process.env, { DATABASE_URL: connection.connectionString, NODE_ENV: 'test' });
    expect(await said(() => run([]))).to.match(/^The rows of 0 cases and \d+ records were written anew\.\n$/);
    expect(await read()).to.equal('宿市监罚〔2026〕毒1号');
    for await (const { findings } of verifyRecords(knex, settings)) expect(findings.filter((finding) => finding.id === id)).to.deep.equal([]);
    expect(await said(() => run([]))).to.equal('The rows of 0 cases and 0 records were written anew.\n');
  });
});

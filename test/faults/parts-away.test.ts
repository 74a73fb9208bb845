import { setTimeout as delay } from 'node:timers/promises';
import { expect } from 'chai';
import { createCommitTrap, type CommitTrap } from '../support/commit-trap.ts';
import { eventually } from '../support/eventually.ts';
import { openOwnCity, type OwnCity, type OwnProcess } from '../support/own-processes.ts';
import { mailSettled, received } from '../support/received.ts';
import { testStack } from '../support/stack.ts';
import { createTcpProxy, type TcpProxy } from '../support/tcp-proxy.ts';
import { findForm, formOf, textOf, type Answer, type Fields, type Visitor } from '../support/visitor.ts';

/** What a page may take at most, whatever is away. */
const deadlineMs = 8000;
const notRecorded = /没有被记录|没有被登记|尚未催办/u;

const report = (n: number): Fields => ({
  field: 'commerce', area: 'foodHygiene', title: `第 ${n} 起`, what: `群众反映的第 ${n} 起事件。`, region: 'suyu', place: `江山大道 ${n} 号`, occurredOn: '2026-01-05',
});

describe('a part is away', function () {
  this.timeout(150_000);
  let database: TcpProxy;
  let temporal: TcpProxy;
  let smtp: TcpProxy;
  let trap: CommitTrap;
  let city: OwnCity;
  let worker: OwnProcess;
  let handler: Visitor;
  let supervisor: Visitor;
  let leader: Visitor;
  before(async () => {
    const stack = testStack();
    const proxy = (at: URL): Promise<TcpProxy> => createTcpProxy(at.hostname, Number(at.port));
    temporal = await proxy(new URL(`tcp://${stack.temporalAddress}`));
    smtp = await proxy(new URL(stack.smtpUrl));
    city = await openOwnCity({ env: () => ({ SMTP_URL: `smtp://127.0.0.1:${smtp.port}`, XINZHI_ACT_TIMEOUT_MS: '3000' }) });
    trap = await createCommitTrap(city.config.databaseUrl);
    const url = new URL(city.config.databaseUrl);
    database = await proxy(url);
    url.port = String(database.port);
    await city.start('web', { DATABASE_URL: url.href, TEMPORAL_ADDRESS: `127.0.0.1:${temporal.port}` });
    [handler, supervisor, leader] = await Promise.all(['xyb.handler', 'xyb.supervisor', 'xyb.leader'].map((name) => city.visitor(name))) as [Visitor, Visitor, Visitor];
  });
  after(async () => {
    await city?.close();
    await Promise.all([database, temporal, smtp].map((one) => one?.close()));
    await trap?.close();
  });

  async function startWorker(): Promise<void> {
    worker = await city.start('worker', { DATABASE_URL: trap.url });
  }

  /** The parts that the probe names. */
  const away = async (): Promise<string[]> => ((await (await fetch(`${city.url}/health/ready`)).json()) as { away: string[] }).away;
  const named = (...parts: string[]): Promise<unknown> =>
    eventually(`away: ${parts.join(', ') || 'nothing'}`, async () => (await away()).join() === parts.join(), 30_000, 300);

  async function form(who: Visitor, page: string, action: string): Promise<Fields> {
    return formOf(await who.page(page), action);
  }

  const fate = async (who: Visitor, path: string): Promise<string> => textOf(await who.page(path));
  const fateOf = (who: Visitor, id: unknown, slug: string): Promise<string> => fate(who, `/acts/${String(id)}?task=${slug}`);

  /** Sends a form until it is taken, each time as the page gives it back: Temporal may still know of a worker that is gone. */
  async function untilTaken(who: Visitor, action: string, first: Fields): Promise<Answer> {
    let next = first;
    for (const end = Date.now() + 60_000; ;) {
      const answer = await who.post(action, next);
      if (answer.status === 303) return answer;
      // A report that is like another one is shown with it before it is taken.
      const similar = answer.status === 200 && action === '/incidents';
      if ((answer.status !== 503 && !similar) || Date.now() > end) throw new Error(`${action}: ${answer.status} ${textOf(answer.html).slice(0, 300)}`);
      next = similar ? { ...formOf(answer.html, action), do: 'nevertheless' } : { ...next, ...findForm(answer.html, action) };
    }
  }

  let number = 1;
  async function newCase(): Promise<string> {
    const { location } = await untilTaken(handler, '/incidents', { ...(await form(handler, '/incidents/new', '/incidents')), ...report(number++) });
    const slug = `${location.slice('/incidents/'.length)}-1`;
    await eventually(`${slug} open`, async () => (await city.knex('case_task').where({ slug })).length === 1);
    return slug;
  }

  /** A comment that is ready to send. */
  async function comment(slug: string, text: string): Promise<{ action: string; fields: Fields; id: string }> {
    const action = `/tasks/${slug}/comment`;
    const fields: Fields = { ...(await form(leader, `/tasks/${slug}`, action)), text };
    return { action, fields, id: String(fields['commandId']) };
  }
  const comments = async (text: string): Promise<number> => (await city.knex('case_event').where({ type: 'task.commented' }).whereRaw(`what ->> 'text' = ?`, [text])).length;

  it('no worker has come yet: a report is not registered, and is when it is sent again', async () => {
    await named('worker');
    const first = { ...(await form(handler, '/incidents/new', '/incidents')), ...report(0) };
    const answer = await handler.post('/incidents', first);
    expect(answer.status).to.equal(503);
    expect(answer.ms).to.be.below(deadlineMs);
    expect(textOf(answer.html)).to.match(notRecorded);
    expect(answer.html).to.contain('value="第 0 起"');
    expect(await fate(handler, `/acts/${String(first.commandId)}`)).to.contain('没有被记录');
    await startWorker();
    const { location } = await untilTaken(handler, '/incidents', { ...first, ...formOf(answer.html, '/incidents') });
    expect(textOf(await handler.page(location))).to.contain('第 0 起');
    expect(await city.knex('case_file')).to.have.length(1);
    await named();
  });

  describe('the worker is killed', () => {
    interface Case { name: string; who: () => Visitor; page: (slug: string) => string; action: (slug: string) => string; fields: (slug: string) => Promise<Fields>; kept: string; before?: (slug: string) => Promise<unknown> }
    const onTask = (name: string, who: () => Visitor, act: string, fields: Fields, kept: string, more: Partial<Case> = {}): Case => ({
      name, who, page: (slug) => `/tasks/${slug}`, action: (slug) => `/tasks/${slug}/${act}`, fields: () => Promise.resolve(fields), kept, ...more,
    });
    const claim = async (slug: string): Promise<unknown> => untilTaken(handler, `/tasks/${slug}/claim`, await form(handler, `/tasks/${slug}`, `/tasks/${slug}/claim`));
    const personOf = async (username: string): Promise<string> => (await city.knex('person').where({ username }).first<{ id: string }>('id')).id;
    const every: Case[] = [
      onTask('claiming', () => handler, 'claim', {}, ''),
      onTask('claiming from the list of my work', () => handler, 'claim', {}, '', { page: () => '/' }),
      onTask('an outcome', () => handler, 'complete', { outcome: 'founded', finding: '写好的核实情况', apart: '是另一事件。' }, '写好的核实情况'),
      onTask('giving back', () => handler, 'release', { reason: '写好的退回理由' }, '写好的退回理由', { before: claim }),
      onTask('asking for more time', () => handler, 'extension', { days: '3', reason: '写好的延期理由' }, '写好的延期理由'),
      onTask('a comment', () => leader, 'comment', { text: '写好的说明' }, '写好的说明'),
      onTask('urging', () => supervisor, 'urge', { text: '写好的催办' }, '写好的催办'),
      onTask('an order', () => supervisor, 'supervise', { text: '写好的督办' }, '写好的督办'),
      onTask('reassigning', () => leader, 'reassign', {}, '写好的改派理由', { fields: async () => ({ person: await personOf('xyb.handler'), reason: '写好的改派理由' }) }),
      {
        name: 'urging from the board', who: () => supervisor, page: (slug) => `/supervision/urge?task=${slug}`, action: () => '/supervision/urge',
        fields: () => Promise.resolve({ text: '写好的催办' }), kept: '写好的催办',
      },
      {
        name: 'recusing somebody', who: () => supervisor, page: (slug) => `/incidents/${slug.slice(0, -2)}`, action: (slug) => `/incidents/${slug.slice(0, -2)}/recusals`,
        fields: async () => ({ person: await personOf('xyb.leader'), reason: '写好的回避理由' }), kept: '写好的回避理由',
      },
    ];
    const slugs = new Map<Case, string>();
    const sent = new Map<Case, { form: Fields; answer: Answer }>();

    before(async () => {
      for (const one of every) {
        const slug = await newCase();
        await one.before?.(slug);
        slugs.set(one, slug);
      }
      const forms = await Promise.all(every.map(async (one) => {
        const slug = slugs.get(one)!;
        return { ...(await form(one.who(), one.page(slug), one.action(slug))), ...(await one.fields(slug)) };
      }));
      await worker.kill();
      await Promise.all(every.map(async (one, n) => {
        sent.set(one, { form: forms[n]!, answer: await one.who().post(one.action(slugs.get(one)!), forms[n]!) });
      }));
      for (const one of every) expect(sent.get(one)!.answer.status, `${one.name}: ${textOf(sent.get(one)!.answer.html).slice(0, 300)}`).to.equal(503);
      await startWorker();
    });

    for (const one of every) {
      it(`${one.name}: not recorded, kept as typed, and recorded when it is sent again`, async () => {
        const { form: first, answer } = sent.get(one)!;
        const slug = slugs.get(one)!;
        const action = one.action(slug);
        expect(answer.ms).to.be.below(deadlineMs);
        expect(textOf(answer.html)).to.match(notRecorded);
        expect(answer.html).to.contain(one.kept);
        const again = formOf(answer.html, action);
        expect(again['commandId']).not.to.equal(first['commandId']);
        expect(await city.knex('case_event').where({ key: String(first['commandId']) })).to.have.length(0);
        await untilTaken(one.who(), action, { ...first, ...again });
      });
    }
  });

  for (const how of ['refuses', 'hangs'] as const) {
    describe(`Temporal ${how}`, () => {
      it('pages are there, an act is not recorded, and is when it is sent again', async () => {
        const slug = await newCase();
        const text = `Temporal ${how}`;
        const { action, fields, id } = await comment(slug, text);
        await (how === 'refuses' ? temporal.leave() : temporal.hang());
        const answer = await leader.post(action, fields);
        expect(answer.status).to.equal(503);
        expect(answer.ms).to.be.below(deadlineMs);
        expect(textOf(answer.html)).to.match(notRecorded).and.to.contain(text);
        for (const page of ['/', `/tasks/${slug}`, '/incidents', `/incidents/${slug.slice(0, -2)}`]) await leader.page(page);
        expect(await fateOf(leader, id, slug)).to.contain('没有被记录');
        await named('temporal', 'worker');
        await temporal.comeBack();
        await untilTaken(leader, action, { ...fields, ...formOf(answer.html, action) });
        expect(await comments(text)).to.equal(1);
        await named();
      });
    });

    describe(`PostgreSQL ${how}`, () => {
      it('every page says so in time; a form that was sent is kept in the page, and is recorded once when it is sent again', async () => {
        const slug = await newCase();
        const text = `PostgreSQL ${how}`;
        const { action, fields } = await comment(slug, text);
        await (how === 'refuses' ? database.leave() : database.hang());
        const [page, answer] = await Promise.all([leader.get(`/tasks/${slug}`), leader.post(action, fields)]);
        for (const { status, html, ms } of [page, answer]) {
          expect(status).to.equal(503);
          expect(textOf(html)).to.contain('数据库暂时无法连接');
          expect(ms).to.be.below(deadlineMs);
        }
        expect((await fetch(`${city.url}/health/live`)).status).to.equal(200);
        await named('database');
        const kept = formOf(answer.html, action);
        expect(kept).to.include({ text, commandId: fields['commandId'] });
        await database.comeBack();
        await named();
        await untilTaken(leader, action, kept);
        expect(await comments(text)).to.equal(1);
      });
    });
  }

  describe('PostgreSQL goes while an act is on its way', () => {
    const unknown = (answer: Answer): string => {
      expect(answer.status).to.equal(503);
      expect(answer.ms).to.be.below(deadlineMs);
      const text = textOf(answer.html);
      expect(text, 'it does not guess').not.to.match(notRecorded);
      expect(text).to.contain('请恢复后先查看是否已办理');
      const look = /href="(\/acts\/[^"]+)"/.exec(answer.html)?.[1];
      expect(look, 'the way to look again').to.be.a('string');
      return look!.replaceAll('&#38;', '&').replaceAll('&amp;', '&');
    };

    it('after it was recorded: looking again says so', async () => {
      const slug = await newCase();
      const { action, fields, id } = await comment(slug, '记下了而没有人知道');
      const committed = trap.spring(id);
      const sent = leader.post(action, fields);
      await committed;
      await database.leave();
      const answer = await sent;
      const look = unknown(answer);
      await database.comeBack();
      await named();
      expect(await fate(leader, look)).to.contain('已经记入案件');
      // Sent again nevertheless, it is the same act.
      await untilTaken(leader, action, formOf(answer.html, action));
      expect(await comments('记下了而没有人知道')).to.equal(1);
      await worker.kill();
      await startWorker();
    });

    it('before it was recorded: looking again says that it was not, and the form can be sent again', async () => {
      const slug = await newCase();
      const { action, fields } = await comment(slug, '没有记下');
      await worker.kill();
      const sent = leader.post(action, fields);
      await delay(1000); // within the three quarters of three seconds in which the web waits for Temporal
      await database.leave();
      const answer = await sent;
      const look = unknown(answer);
      await database.comeBack();
      await named();
      expect(await fate(leader, look)).to.contain('没有被记录，也不会再被记录');
      await startWorker();
      await untilTaken(leader, action, formOf(answer.html, action));
      expect(await comments('没有记下')).to.equal(1);
    });
  });

  it('the mail server is away: acts are recorded, the mail waits, and goes out once', async () => {
    const slug = await newCase();
    const { id: caseId } = await city.knex('case_file').where({ case_no: slug.slice(0, -2) }).first<{ id: string }>('id');
    await mailSettled(city.knex);
    await smtp.leave();
    const action = `/tasks/${slug}/urge`;
    await untilTaken(supervisor, action, { ...(await form(supervisor, `/tasks/${slug}`, action)), text: '请今日办结。' });
    const mail = () => city.knex('mail').where({ case_id: caseId, template: 'urged' }).first<{ status: string; attempts: number; message_id: string }>('status', 'attempts', 'message_id');
    await eventually('an attempt in vain', async () => { const { status, attempts } = await mail(); return status === 'queued' && attempts > 0; });
    await named('mail');
    await smtp.comeBack();
    await mailSettled(city.knex);
    const { status, message_id: messageId } = await mail();
    expect(status).to.equal('sent');
    expect((await received(testStack().inboxUrl, caseId)).filter((one) => one.messageId === messageId)).to.have.length(1);
    await named();
  });

  it('afterwards every chain proves itself', async () => {
    const { status, said } = await city.run('verify');
    expect(status, said).to.equal('status 0');
  });
});

import { expect } from 'chai';
import type { Test } from 'supertest';
import { exampleReport } from '../../../src/features/api/openapi/incidents.ts';
import type { OpenApi } from '../../../src/features/api/openapi/types.ts';
import { apiRoutes, type Machines } from '../../../src/features/api/routes.ts';
import { createApiToken } from '../../../src/platform/api-tokens.ts';
import type { Ground } from '../../../src/platform/http/feature.ts';
import type { Limiter } from '../../../src/platform/http/rate-limit.ts';
import { openingOf } from '../../../src/rules/incident/facts.ts';
import { testConfig } from '../../support/stack.ts';
import { departures, problem } from './contract.ts';
import { fileRef, goodId, openBureau, wrongCode, type Bureau } from '../incidents/bureau.ts';

describe('the interface for other programs', function () {
  this.timeout(60_000);
  let bureau: Bureau;
  let token: string;
  let keys = 0;
  before(async () => {
    bureau = await openBureau({ workers: true });
    token = await bureau.token('xyb.handler');
  });
  after(() => bureau.close());

  const key = (): string => `hotline-${(keys += 1)}`;
  /** A report that no other one of this file is like. */
  const apart = (title: string) => ({ ...exampleReport, title, area: 'other', subjects: [] });
  const send = (body: object | string, { by = token, idempotency = key() }: { by?: string | null; idempotency?: string | null } = {}): Test => {
    let request = bureau.agent().post('/api/v1/incidents').set('Content-Type', 'application/json');
    if (by !== null) request = request.set('Authorization', `Bearer ${by}`);
    if (idempotency !== null) request = request.set('Idempotency-Key', idempotency);
    return request.send(body);
  };
  const get = (path: string, by = token): Test => bureau.agent().get(`/api/v1${path}`).set('Authorization', `Bearer ${by}`);
  const cases = async (): Promise<number> => Number((await bureau.knex('case_file').count<{ n: string }[]>('* as n').first())?.n);
  const logged = async (kind: string): Promise<number> => Number((await bureau.knex('access_log').where({ kind }).count<{ n: string }[]>('* as n').first())?.n);
  const documentOf = async (lang = 'zh-CN'): Promise<OpenApi> => (await bureau.agent().get(`/api/docs/openapi.json?lang=${lang}`).expect(200)).body as OpenApi;

  describe('a report', () => {
    it('becomes a case that waits to be verified, with the checks and the seal of the form', async () => {
      const answer = await send({
        ...exampleReport, title: '接口报来的一起', subjects: [...exampleReport.subjects, { kind: 'person', name: '张三丰', code: goodId }],
      });
      expect(answer.status, JSON.stringify(answer.body)).to.equal(201);
      const { number } = answer.body as { number: string };
      expect(answer.headers['location']).to.equal(`/api/v1/incidents/${number}`);
      expect(answer.body).to.include({ repeated: false, url: `http://127.0.0.1:3000/incidents/${number}` });
      await bureau.task(number, 'verify');
      const state = await bureau.state(number);
      expect(openingOf(state)).to.include({ channel: 'api', region: 'suyu' });
      expect(JSON.stringify(state)).to.not.include(goodId).and.not.include('张三丰').and.not.include('zhao@example.cn');
      expect(await (await bureau.clerk('xyb.handler')).page(`/incidents/${number}`)).to.include('接口报来的一起');
    });

    it('is told which open incidents may be the same', async () => {
      const first = await send({ ...exampleReport, title: '先报的', area: 'wages', region: 'shuyang', subjects: [] });
      const second = await send({ ...exampleReport, title: '后报的', area: 'wages', region: 'shuyang', subjects: [] });
      expect(second.status).to.equal(201);
      expect(second.body.similar).to.deep.equal([first.body.number]);
    });

    it('sent again with the same key is one case, and says so', async () => {
      const idempotency = key();
      const first = await send(apart('发了两次'), { idempotency }).expect(201);
      const again = await send(apart('发了两次'), { idempotency }).expect(200);
      expect(again.body).to.deep.equal({ ...first.body, similar: [], repeated: true });
      expect(await bureau.knex('incident').where({ title: '发了两次' })).to.have.length(1);
    });

    it('sent twice at the same moment is one case', async () => {
      const idempotency = key();
      const both = await Promise.all([send(apart('同时两次'), { idempotency }), send(apart('同时两次'), { idempotency })]);
      expect(both.map(({ status }) => status).every((status) => status === 200 || status === 201)).to.equal(true);
      expect(both[0]!.body.number).to.equal(both[1]!.body.number);
      expect(await bureau.knex('incident').where({ title: '同时两次' })).to.have.length(1);
    });

    it('with a key that was used for another one is refused, with the number of that one', async () => {
      const idempotency = key();
      const first = await send(apart('先用的'), { idempotency }).expect(201);
      const { detail } = problem(await send(apart('换了内容'), { idempotency }), 409);
      expect(detail).to.include(String(first.body.number));
      // A key is the sender's own: somebody else's same one names another report.
      await send(apart('别人的'), { idempotency, by: await bureau.token('rsj.handler') }).expect(201);
    });

    it('without a key, or with one that no header carries, is not taken', async () => {
      const before = await cases();
      expect(problem(await send(apart('无'), { idempotency: null }), 400).detail).to.include('缺少请求头 Idempotency-Key');
      for (const wrong of ['a b', 'k'.repeat(256)]) expect(problem(await send(apart('无'), { idempotency: wrong }), 400).detail).to.include('1 至 255');
      expect(await cases()).to.equal(before);
    });

    it('that is no JSON, or too much of it, is not read', async () => {
      problem(await send('{"title": '), 400);
      problem(await bureau.agent().post('/api/v1/incidents').set('Authorization', `Bearer ${token}`).set('Idempotency-Key', key()).type('form').send('title=a'), 400);
      problem(await send({ what: '长'.repeat(500_000) }), 413);
    });

    it('with wrong fields names each of them, and nothing is recorded', async () => {
      const before = await cases();
      const wrong = {
        ...exampleReport, field: 'sports', title: '', what: { a: 1 }, region: '321311', occurredOn: '2026-02-30',
        subjects: [{ kind: 'organisation', name: '某公司', code: wrongCode }, { kind: 'person', name: '张三', code: '110105194912310021' }], reporter: { name: '赵某', mail: 'zhao' }, sourceUrl: 'javascript:alert(1)',
      };
      const { errors = {} } = problem(await send(wrong), 422);
      expect(Object.keys(errors)).to.have.members(['field', 'title', 'what', 'region', 'occurredOn', 'subjects[0][code]', 'subjects[1][code]', 'reporter[mail]', 'sourceUrl']);
      expect(errors['subjects[0][code]']).to.equal('统一社会信用代码第 18 位应为 T，现为 U。请对照营业执照核对。');
      expect(errors['occurredOn']).to.include('没有“2026-02-30”这一天');
      const english = await bureau.agent().post('/api/v1/incidents?lang=en').set('Authorization', `Bearer ${token}`).set('Idempotency-Key', key()).send({ ...wrong, occurredOn: '2999-01-01' });
      expect(JSON.stringify(problem(english, 422))).to.not.match(/[\u4e00-\u9fff]/);
      for (const body of [[], { title: ['a'] }]) problem(await send(body), 422);
      expect(await cases()).to.equal(before);
    });

    it('too often within a minute is put off, and says until when', async () => {
      const busy = await bureau.token('hbj.handler');
      const { id }: { id: string } = await bureau.knex('person').where({ username: 'hbj.handler' }).first('id');
      await bureau.knex('rate_limit').insert({ key: `api-reports:${id}`, hits: 300, reset_at: new Date(Date.now() + 60_000) });
      const answer = await send(apart('太多'), { by: busy });
      problem(answer, 429);
      expect(Number(answer.headers['retry-after'])).to.be.within(1, 60);
    });
  });

  describe('a token', () => {
    it('that is absent, made up, withdrawn, over or of somebody who left opens nothing', async () => {
      const { id }: { id: string } = await bureau.knex('person').where({ username: 'yjj.handler' }).first('id');
      const over = await createApiToken(bureau.knex, id, { expiresAt: new Date(Date.now() - 1000) });
      const withdrawn = await createApiToken(bureau.knex, id);
      await bureau.knex('api_token').where({ person_id: id }).update({ revoked_at: bureau.knex.fn.now() });
      const { id: gone }: { id: string } = await bureau.knex('person').where({ username: 'yjj.leader' }).first('id');
      const left = await createApiToken(bureau.knex, gone);
      await bureau.knex('person').where({ id: gone }).update({ active: false });
      const before = [await cases(), await logged('tokenRefused')];
      for (const by of [null, 'xz_made-up', over, withdrawn, left, `${token}x`]) {
        const answer = await send(apart('无权'), { by });
        problem(answer, 401);
        expect(answer.headers['www-authenticate']).to.equal('Bearer');
      }
      for (const header of ['Basic eHo6eHo=', token, 'Bearer']) {
        problem(await bureau.agent().get('/api/v1/incidents').set('Authorization', header), 401);
      }
      expect([await cases(), await logged('tokenRefused')]).to.deep.equal([before[0], before[1]! + 8]);
    });

    it('of an administrator has no business here', async () => {
      for (const username of ['sysadmin', 'secadmin', 'audit']) {
        const by = await bureau.token(username);
        problem(await send(apart('无业务'), { by }), 403);
        problem(await get('/incidents', by), 403);
      }
    });

    it('is of no use to a session whose password was reset, until there is one of one\'s own', async () => {
      const clerk = await bureau.clerk('scjg.handler');
      await clerk.get('/api/v1/incidents').expect(200);
      await bureau.knex('person').where({ username: 'scjg.handler' }).update({ must_change_password: true });
      try {
        problem(await clerk.get('/api/v1/incidents'), 401);
      } finally {
        await bureau.knex('person').where({ username: 'scjg.handler' }).update({ must_change_password: false });
      }
    });

    it('is needed to write: the session of a browser reads alone, as other sites could send it too', async () => {
      const clerk = await bureau.clerk('xyb.handler');
      await clerk.get('/api/v1/incidents').expect(200);
      problem(await clerk.browser.agent.post('/api/v1/incidents').set('Idempotency-Key', key()).send(apart('浏览器')), 401);
    });
  });

  describe('what one may not see', () => {
    let number: string;
    const file = fileRef('证据.txt', '证据');
    before(async () => {
      number = await bureau.file({ title: '别的单位的一起', files: [file] });
    });

    it('is not there: neither the incident, nor its files, nor a line of the list; the attempt is logged', async () => {
      const stranger = await bureau.token('rsj.leader');
      const before = await logged('refused');
      const hiddenOne = problem(await get(`/incidents/${number}`, stranger), 404);
      const noOne = problem(await get('/incidents/XZ-2026-999999', stranger), 404);
      expect([hiddenOne.title, hiddenOne.detail]).to.deep.equal([noOne.title, noOne.detail]);
      problem(await get(`/incidents/${number}/files/${file.hash}`, stranger), 404);
      expect(await logged('refused')).to.equal(before + 2);
      expect((await get('/incidents', stranger).expect(200)).text).to.not.include(number);
      await get(`/incidents/${number}`).expect(200);
    });

    it('through the address of a file of another case, is not there either', async () => {
      const other = await bureau.file({ title: '没有材料的一起' });
      problem(await get(`/incidents/${other}/files/${file.hash}`), 404);
      problem(await get(`/incidents/${number}/files/..%2F..%2Fetc%2Fpasswd`), 404);
    });

    it('of a person is masked even for those who may see the incident', async () => {
      const named = await send({ ...apart('有个人的一起'), subjects: [{ kind: 'person', name: '李四海', code: goodId }] }).expect(201);
      for (const path of [`/incidents/${String(named.body.number)}`, '/incidents']) {
        const { text } = await get(path).expect(200).expect('cache-control', 'no-store');
        expect(text).to.include('李** 1101**********2X').and.not.include(goodId).and.not.include('李四海');
      }
    });
  });

  describe('the list', () => {
    it('is read through by cursor, each incident once', async () => {
      const numbers: string[] = [];
      let next: string | null = '';
      while (next !== null) {
        const { body }: { body: { incidents: { number: string }[]; next: string | null } } = await get(`/incidents?limit=3&cursor=${encodeURIComponent(next)}`).expect(200);
        expect(body.incidents.length).to.be.at.most(3);
        numbers.push(...body.incidents.map(({ number }) => number));
        next = body.next;
      }
      expect(numbers).to.have.length(await cases());
      expect(new Set(numbers).size).to.equal(numbers.length);
    });

    it('takes no cursor that was made up, and no question that makes no sense', async () => {
      const { body }: { body: { next: string } } = await get('/incidents?limit=1').expect(200);
      const forged = `${Buffer.from('{"at":"2026-01-01T00:00:00.000Z"}').toString('base64url')}.${body.next.split('.')[1]}`;
      for (const wrong of ['abc', forged, body.next.slice(1)]) problem(await get(`/incidents?cursor=${encodeURIComponent(wrong)}`), 400);
      problem(await get(`/incidents?sort=oldest&cursor=${encodeURIComponent(body.next)}`), 400);
      const { errors = {} } = problem(await get('/incidents?area=weather&from=2026-02-30&limit=1000&late=perhaps'), 422);
      expect(Object.keys(errors)).to.have.members(['area', 'from', 'limit', 'late']);
    });
  });

  describe('its description', () => {
    it('has the routes there are, and no others', async () => {
      const limiter: Limiter = () => (_req, _res, next) => next();
      const router = apiRoutes({ config: testConfig(), limiter } as Ground, { records: {} } as Machines);
      const layers = router.stack as unknown as { route?: { path: string; stack: { method: string }[] } }[];
      const routes = layers.flatMap(({ route }) => [...new Set(route?.stack.map(({ method }) => method))].map((method) => `${method} ${route!.path.replace(/:(\w+)/g, '{$1}')}`));
      const { paths } = await documentOf();
      expect(Object.entries(paths).flatMap(([path, methods]) => Object.keys(methods).map((method) => `${method} ${path}`))).to.have.members(routes);
    });

    it('says of every answer what is in it', async () => {
      const document = await documentOf();
      const sent = await send({ ...document.paths['/incidents']!['post']!.requestBody!.content['application/json']!.example as object, title: '照示例发的' }).expect(201);
      const number = String(sent.body.number);
      const published = await bureau.file({
        files: [fileRef('a.txt', 'a')],
        more: [
          { type: 'task.opened', task: 'verify#1', stage: 'verify', key: null, round: 1, audience: { unit: 'xyb', role: 'handler' }, assignee: null, excluded: [], brief: {}, limit: { rule: 'incident.verify' } },
          { type: 'disclosure.published', disclosure: 'release#1', unit: 'scjg', title: '处理意见', text: '停产整改。', basis: '条例第二十条', channel: 'creditPortal', months: 12 },
        ],
      });
      const answers: [string, unknown][] = [
        ['Reported', sent.body],
        ['WholeIncident', (await get(`/incidents/${number}`).expect(200)).body],
        ['WholeIncident', (await get(`/incidents/${published}`).expect(200)).body],
        ['IncidentList', (await get('/incidents').expect(200)).body],
        ['Problem', (await get('/incidents/XZ-2026-999999')).body],
        ['Problem', (await send({})).body],
      ];
      for (const [name, answer] of answers) expect(departures(answer, document.components.schemas[name]!, document, name)).to.deep.equal([]);
      const [first] = (answers[2]![1] as { tasks: unknown[]; disclosures: unknown[]; files: unknown[] }).disclosures;
      expect(first, 'an answer that leaves nothing undescribed').to.include({ title: '处理意见' });
    });

    it('is read without signing in, as a page and as JSON, in both languages', async () => {
      const html = (await bureau.agent().get('/api/docs').set('Accept', 'text/html').expect(200)).text;
      for (const path of Object.keys((await documentOf()).paths)) expect(html).to.include(path);
      const english = await documentOf('en');
      expect(JSON.stringify(english.paths['/incidents']!['post']!.description)).to.not.match(/[\u4e00-\u9fff]/);
      expect(JSON.stringify(english.components)).to.not.match(/[\u4e00-\u9fff]/);
      expect((await bureau.agent().get('/api/docs').set('Accept', 'application/json').expect(200)).body).to.include({ openapi: '3.1.0' });
    });
  });
});

describe('a report by the interface while nothing can record it', function () {
  this.timeout(40_000);
  let bureau: Bureau;
  before(async () => {
    bureau = await openBureau({ timeoutMs: 1500 });
  });
  after(() => bureau.close());

  it('says that it was not recorded; sent again with its key, it is one case', async () => {
    const token = await bureau.token('xyb.handler');
    const send = () => bureau.agent().post('/api/v1/incidents').set('Authorization', `Bearer ${token}`).set('Idempotency-Key', 'once').send(exampleReport);
    const away = await send();
    expect(away.status).to.equal(503);
    expect(away.body).to.include({ recorded: 'no', status: 503 });
    expect(await bureau.knex('case_file')).to.have.length(0);
    await bureau.startWorkers();
    // Temporal may offer the case to nobody for a moment more; each answer says so again.
    let answer = await send();
    for (let tries = 1; answer.status === 503 && tries < 4; tries += 1) answer = await send();
    expect(answer.status, JSON.stringify(answer.body)).to.equal(201);
    expect((await send()).body).to.include({ number: answer.body.number, repeated: true });
    expect(await bureau.knex('case_file')).to.have.length(1);
  });
});

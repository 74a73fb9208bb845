import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect } from 'chai';
import { parse } from 'csv-parse/sync';
import { Readable } from 'node:stream';
import { createFolderStorage } from '../../../src/platform/storage.ts';
import type { FileRef } from '../../../src/rules/casefile/types.ts';
import { openBureau, plain, type Bureau, type Clerk } from '../incidents/bureau.ts';
import { Register } from '../public-records/records.ts';

const firm = { kind: 'organisation', name: '宿迁某食品有限公司', uscc: '91321300MA1TE8T08T' } as const;

describe('who looked at what', function () {
  this.timeout(60_000);
  let bureau: Bureau;
  let handler: Clerk;
  let auditor: Clerk;
  let caseNo: string;
  let file: FileRef;
  let record: { id: string; documentNo: string };
  before(async () => {
    bureau = await openBureau();
    const storage = createFolderStorage(join(bureau.dataFolder, 'files'));
    const stored = await storage.put(Readable.from(['证据']));
    await storage.keep(stored.hash);
    file = { ...stored, name: '证据.txt', mime: 'text/plain' };
    caseNo = await bureau.file({ files: [file] });
    const state = await new Register(bureau.knex, bureau.seal).store(firm);
    record = { id: state.id, documentNo: state.facts.documentNo };
    [handler, auditor] = await Promise.all([bureau.clerk('xyb.handler'), bureau.clerk('audit')]);
  });
  after(() => bureau.close());

  interface Line { kind: string; username: string; about: string | null; path: string; detail: Record<string, unknown> }
  let seen = 0;
  /** What stands in the log since the last look, once the auditor has opened it. */
  const noted = async (): Promise<Line[]> => {
    await auditor.page('/admin/access-log');
    const lines = await bureau.knex('access_log').where('id', '>', seen).orderBy('id').select<(Line & { id: number })[]>('id', 'kind', 'username', 'about', 'path', 'detail');
    seen = lines.at(-1)?.id ?? seen;
    return lines.filter(({ kind }) => kind !== 'signIn' && kind !== 'logViewed').map(({ kind, username, about, path, detail }) => ({ kind, username, about, path, detail }));
  };
  beforeEach(noted);

  it('a case, its task, its file, each with its number', async () => {
    await handler.page(`/incidents/${caseNo.toLowerCase()}`);
    await handler.get(`/incidents/${caseNo}/files/${file.hash}`).expect(200);
    const common = { username: 'xyb.handler', about: caseNo, detail: {} };
    expect(await noted()).to.deep.equal([
      { ...common, kind: 'caseViewed', path: `/incidents/${caseNo.toLowerCase()}` },
      { ...common, kind: 'fileViewed', path: `/incidents/${caseNo}/files/[token]`, detail: { sha256: file.hash } },
    ]);
  });

  it('a record, its subject, and any other page of one thing', async () => {
    await handler.page(`/records/${record.id}`);
    const subject = /href="(\/subjects\/[0-9a-f-]+)"/.exec(await handler.page(`/records/${record.id}`))![1]!;
    await handler.page(subject);
    const { id } = await bureau.knex('person').where({ username: 'rsj.handler' }).first<{ id: string }>('id');
    await (await bureau.clerk('sysadmin')).page(`/admin/people/${id}`);
    expect((await noted()).map(({ kind, about, path }) => [kind, about, path])).to.deep.equal([
      ['recordViewed', record.documentNo, `/records/${record.id}`], ['recordViewed', record.documentNo, `/records/${record.id}`],
      ['subjectViewed', null, subject], ['pageViewed', null, `/admin/people/${id}`],
    ]);
  });

  it('exports with how many rows left the house, in every format', async () => {
    for (const path of ['/incidents/export.xlsx', '/records/export/file?format=csv', '/records/export/file?format=xlsx&q=nobody']) await handler.get(path).expect(200);
    expect((await noted()).map(({ kind, path, detail }) => [kind, path, detail])).to.deep.equal([
      ['exported', '/incidents/export.xlsx', { rows: 1 }], ['exported', '/records/export/file', { rows: 1 }], ['exported', '/records/export/file', { rows: 0 }],
    ]);
  });

  it('reads over the API, by whomever the token belongs to', async () => {
    const token = await bureau.token('xyb.handler');
    for (const path of ['/incidents', `/incidents/${caseNo}`, `/incidents/${caseNo}/files/${file.hash}`, `/records/${record.id}`]) {
      await bureau.agent().get(`/api/v1${path}`).set('Authorization', `Bearer ${token}`).expect(200);
    }
    expect((await noted()).map(({ kind, username, about }) => [kind, username, about])).to.deep.equal([
      ['apiRead', 'xyb.handler', null], ['apiRead', 'xyb.handler', caseNo], ['apiRead', 'xyb.handler', caseNo], ['apiRead', 'xyb.handler', record.documentNo],
    ]);
  });

  it('what is not there or is refused was not looked at, nor is a list, nor what everybody reads', async () => {
    await handler.get('/incidents/XZ-2026-999999').expect(404);
    await handler.get(`/incidents/${caseNo}/files/${'0'.repeat(64)}`).expect(404);
    await (await bureau.clerk('hbj.handler')).get(`/incidents/${caseNo}`).expect(404);
    await handler.page('/incidents');
    await handler.page('/public/records');
    expect((await noted()).map(({ kind, username }) => [kind, username])).to.deep.equal([['refused', 'hbj.handler']]);
  });

  it('a form that is refused shows its case as well', async () => {
    const [page, action] = [`/records/${record.id}`, `/records/${record.id}/withdraw`];
    const clerk = await bureau.clerk('scjg.handler');
    const fields = await clerk.form(page, action);
    await noted();
    await clerk.post(action, { ...fields, reason: '' }).expect(422);
    expect((await noted()).map(({ kind, about }) => [kind, about])).to.deep.equal([['recordViewed', record.documentNo]]);
  });

  it('is found by person, by name as well, by number, by kind and by day', async () => {
    await handler.page(`/incidents/${caseNo}`);
    const search = async (query: string) => plain(await auditor.page(`/admin/access-log?${query}`));
    expect(await search(`about=${caseNo.toLowerCase()}`)).to.contain('查看案件').and.to.contain(`GET /incidents/${caseNo}`).and.not.to.contain('GET /records/');
    expect(await search(`about=${encodeURIComponent(record.documentNo)}`)).to.contain('查看失信信息').and.not.to.contain('GET /incidents');
    const { name } = await bureau.knex('person').where({ username: 'xyb.handler' }).first<{ name: string }>('name');
    expect(await search(`username=${encodeURIComponent(name)}&kind=views`)).to.contain(`GET /incidents/${caseNo}`).and.not.to.contain('hbj.handler');
    expect(await search('kind=acts')).to.contain('越权访问被拒').and.not.to.contain(`GET /records/${record.id}`);
    expect(await search('kind=exported')).to.contain('/incidents/export.xlsx').and.not.to.contain('GET /records/export/file 查看');
    expect(await search('to=2020-01-01&kind=exported')).to.contain('没有符合条件的记录 查询条件：事项 导出');
    await auditor.browser.get('/language?to=en&back=/settings');
    expect(await search(`about=${caseNo}`)).to.contain('Case viewed').and.to.contain('Case or document number');
    await auditor.browser.get('/language?to=zh-CN&back=/settings');
  });

  it('leaves as CSV with the filter of the list, for the auditor alone, and that is noted too', async () => {
    const { text } = await auditor.get(`/admin/access-log/export.csv?about=${caseNo}`).expect(200).expect('content-disposition', /^attachment; .*\.csv/).expect('cache-control', 'no-store');
    const [header, ...rows] = parse(text, { bom: true }) as string[][];
    expect(header!.slice(0, 6)).to.deep.equal(['时间', '事项', '姓名或用户名', '用户名', '对象', '案号或文号']);
    const count = await bureau.knex('access_log').where({ about: caseNo }).count<{ n: string }[]>('* as n').first();
    expect(rows).to.have.length(Number(count!.n));
    expect(rows[0]![0]).to.match(/^20\d\d-\d\d-\d\d \d\d:\d\d:\d\d$/);
    expect(new Set(rows.map((row) => row[5]))).to.deep.equal(new Set([caseNo]));
    expect((await noted()).at(-1)).to.deep.include({ kind: 'exported', username: 'audit', detail: { searched: { about: caseNo }, rows: rows.length } });
    for (const username of ['sysadmin', 'secadmin', 'xyb.leader']) await (await bureau.clerk(username)).get('/admin/access-log/export.csv').expect(404);
  });

  it('who looks into it, with what was looked for and how many lines came', async () => {
    await auditor.page('/admin/access-log');
    await auditor.page('/admin/access-log?username=nobody&kind=exported&from=2026-01-01');
    const html = plain(await auditor.page('/admin/access-log?kind=logViewed'));
    const lines = await bureau.knex('access_log').where({ kind: 'logViewed' }).orderBy('id', 'desc').limit(2).select<{ username: string; detail: { searched: object; rows: number } }[]>('username', 'detail');
    expect(lines[0]).to.deep.equal({ username: 'audit', detail: { searched: { kind: 'exported', username: 'nobody', from: '2026-01-01' }, rows: 0 } });
    expect(lines[1]!.detail.searched).to.deep.equal({});
    expect(lines[1]!.detail.rows).to.be.greaterThan(0);
    expect(html).to.contain('查看日志').and.to.contain('事项：导出').and.to.contain('姓名或用户名：nobody').and.to.contain('起始日期：2026-01-01').and.to.contain('0 行').and.to.contain('全部记录');
  });

  it('a database that is away takes no line with it: it waits beside, and is written once', async () => {
    // The auditor's own look into the log waits as well, until somebody looks again.
    const folder = join(bureau.dataFolder, 'access-journal');
    const waiting = () => readdirSync(folder).flatMap((name) => readFileSync(join(folder, name), 'utf8').split('\n')).filter((line) => line !== '' && !line.includes('"logViewed"'));
    await noted();
    expect(waiting()).to.deep.equal([]);
    const lock = await bureau.knex.transaction();
    await lock.raw('lock table access_journal in access exclusive mode');
    await handler.page(`/incidents/${caseNo}`);
    expect(waiting()).to.have.length(1);
    await lock.rollback();
    expect((await noted()).map(({ kind }) => kind)).to.deep.equal(['caseViewed']);
    expect(waiting()).to.deep.equal([]);
  });
});

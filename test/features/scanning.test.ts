import { existsSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { expect } from 'chai';
import { createAlerting } from '../../src/features/accounts/alerts.ts';
import { createTellInfected } from '../../src/features/portal/index.ts';
import { verifyStored } from '../../src/platform/anchor/stored.ts';
import { createClamd } from '../../src/platform/clamd.ts';
import { createI18n } from '../../src/platform/i18n.ts';
import { createLogger } from '../../src/platform/logging.ts';
import { createRules } from '../../src/platform/rules.ts';
import { createScanOfWaiting } from '../../src/platform/scanning.ts';
import { createFolderStorage } from '../../src/platform/storage.ts';
import { createUnitDirectory } from '../../src/platform/units.ts';
import { createTestClamd, virus } from '../support/clamd.ts';
import { testConfig } from '../support/stack.ts';
import { hidden } from '../support/web.ts';
import { errorsIn, formOf, goodCode, openBureau, plain, report, type Bureau, type Clerk } from './incidents/bureau.ts';
import { Applicant, home } from './portal/visitor.ts';

const pdf = (text: string): Buffer => Buffer.from(`%PDF-1.4\n1 0 obj<</Type/Catalog/T(${text})>>endobj\ntrailer<</Root 1 0 R>>\n%%EOF`);

describe('uploaded files and the scanner', function () {
  this.timeout(120_000);
  const clamd = createTestClamd();
  let bureau: Bureau;
  let clerk: Clerk;
  let look: () => Promise<void>;
  let delivered: string[];
  before(async () => {
    bureau = await openBureau({ workers: true, settings: { scanner: { path: clamd.path } } });
    clerk = await bureau.clerk('xyb.handler');
    const { knex } = bureau;
    delivered = [];
    const i18n = createI18n({ onMissing: (locale, key) => { throw new Error(`no words for ${key} in ${locale}`); } });
    look = createScanOfWaiting({
      knex, scanner: createClamd({ path: clamd.path }), storage: storage(), logger: createLogger({ level: 'silent', process: 'test' }),
      tell: createTellInfected({ config: testConfig(), i18n, units: createUnitDirectory(knex) }), deliver: async (mails) => void delivered.push(...mails),
    });
  });
  after(async () => {
    await bureau?.close();
    await clamd.close();
  });
  const storage = () => createFolderStorage(join(bureau.dataFolder, 'files'));

  let cases = 0;
  /** Reports with one file; the case and the address of the file, or what the page says. */
  async function sent(name: string, content: Buffer): Promise<{ caseNo: string; path: string } | { errors: string[] }> {
    cases += 1;
    let answer = await clerk.send({ ...report, title: `第 ${cases} 起`, place: `江山大道 ${cases} 号`, 'subjects[0][name]': '', 'subjects[0][code]': '' }, [{ name, content }]);
    if (answer.status === 200) answer = await clerk.post('/incidents', { ...formOf(answer.text, '/incidents'), do: 'nevertheless' });
    if (answer.status === 422) return { errors: errorsIn(answer.text) };
    expect(answer.status, plain(answer.text).slice(0, 500)).to.equal(303);
    const caseNo = /XZ-\d{4}-\d{6}/.exec(String(answer.headers['location']))![0];
    const state = await bureau.state(caseNo);
    return { caseNo, path: `/incidents/${caseNo}/files/${state.files[0]!.hash}` };
  }
  const stored = async (name: string, content: Buffer): Promise<{ caseNo: string; path: string }> => {
    const outcome = await sent(name, content);
    if ('errors' in outcome) throw new Error(outcome.errors.join());
    return outcome;
  };
  const everyStored = (): string[] => ['kept', 'waiting'].flatMap((folder) => {
    const path = join(bureau.dataFolder, 'files', folder);
    return existsSync(path) ? readdirSync(path, { recursive: true }).map(String).filter((name) => /[0-9a-f]{64}$/.test(name)) : [];
  });

  describe('while it is there', () => {
    before(() => clamd.start());
    after(() => clamd.stop());

    it('a clean file is taken and opens at once', async () => {
      const { path } = await stored('报告.pdf', pdf('clean'));
      await clerk.get(path).expect(200).expect('content-type', 'application/pdf');
      expect(await bureau.knex('file_scan')).to.deep.equal([]);
    });

    it('an infected one is stored nowhere, its sender told beside the field, the security administrator alerted', async () => {
      const before = everyStored();
      const outcome = await sent('证据.txt', virus);
      expect(outcome).to.have.property('errors').that.satisfies((errors: string[]) => errors.some((error) => error.includes('“证据.txt”经检查含病毒，没有收下')));
      expect(everyStored()).to.deep.equal(before);
      const line: { username: string; detail: Record<string, unknown> } = await bureau.knex('access_log').where({ kind: 'fileInfected' }).first('username', 'detail');
      expect(line).to.deep.include({ username: 'xyb.handler' });
      expect(line.detail['name']).to.equal('证据.txt');
      const alerting = createAlerting({ knex: bureau.knex, config: testConfig(), i18n: createI18n({ onMissing: (_locale, key) => { throw new Error(key); } }), rules: createRules(bureau.knex), deliver: () => Promise.resolve() });
      await alerting();
      expect(plain(await (await bureau.clerk('secadmin')).page('/admin/alerts'))).to.contain('xyb.handler 上传的附件含病毒');
    });
  });

  describe('while it is away', () => {
    beforeEach(() => clamd.stop());

    it('a file is taken, in quarantine: page and file say that it is being checked, the API too; it opens when the scanner has passed it', async () => {
      const { caseNo, path } = await stored('照片.pdf', pdf('waits'));
      const closed = await clerk.get(path).expect(503);
      expect(plain(closed.text)).to.contain('附件正在进行安全检查').and.to.contain('请稍后再试');
      expect(closed.headers['content-type']).to.contain('text/html');
      const page = await clerk.page(`/incidents/${caseNo}`);
      expect(plain(page)).to.contain('正在进行安全检查，通过后可以打开');
      expect(page).not.to.contain(`href="${path}"`);
      const token = await bureau.token('xyb.handler');
      const { body } = await bureau.agent().get(`/api/v1${path}`).set('Authorization', `Bearer ${token}`).expect(503);
      expect(body).to.include({ part: 'scanner' });

      expect(await look().then(() => 'looked', () => 'away')).to.equal('away');
      await clerk.get(path).expect(503);
      await clamd.start();
      await look();
      await clerk.get(path).expect(200);
      expect(await clerk.page(`/incidents/${caseNo}`)).to.contain(`href="${path}"`);
    });

    it('one that is found infected afterwards was never to be read, is taken away, and whoever sent it is told', async () => {
      const { caseNo, path } = await stored('说明.txt', virus);
      await clerk.get(path).expect(503);
      await clamd.start();
      await look();
      expect(plain((await clerk.get(path).expect(404)).text)).to.contain('该附件经检查含病毒，已删除');
      expect(plain(await clerk.page(`/incidents/${caseNo}`))).to.contain('含病毒，已删除');
      expect(everyStored().some((name) => name.endsWith(path.slice(-64)))).to.equal(false);
      const { id } = await bureau.knex('person').where({ username: 'xyb.handler' }).first<{ id: string }>('id');
      const letters = await bureau.knex('mail').where({ template: 'fileInfected' }).select<{ id: string; person_id: string; text: string }[]>('id', 'person_id', 'text');
      expect(letters.map(({ person_id: to }) => to)).to.deep.equal([id]);
      expect(letters[0]!.text).to.contain('“说明.txt”经检查含病毒，已删除');
      expect(delivered).to.deep.equal([letters[0]!.id]);
      const findings = [];
      for await (const { findings: found } of verifyStored(bureau.knex, storage())) findings.push(...found);
      expect(findings, 'what was taken away on purpose is not missing').to.deep.equal([]);
      await look();
      expect(delivered).to.have.length(1);

      // Known by its content: it is not taken again while the scanner is away.
      await clamd.stop();
      expect(await sent('改名.txt', virus)).to.have.property('errors');
    });

    it('a table to be imported waits on its page, and opens when it was passed', async () => {
      const token = hidden(await clerk.page('/incidents/import'), '_csrf');
      const table = Buffer.from('标题,事件经过,诚信领域,事件类别,发生日期,地区,地点,主体名称,主体代码,信息来源,反映人姓名,反映人邮箱\r\n旧案,群众反映。,商务诚信,其他,2026-01-05,宿豫区,江山大道 1 号,,,,,\r\n');
      const answer = await clerk.browser.agent.post('/incidents/import').field('_csrf', token).attach('file', table, '事件.csv');
      expect(answer.status).to.equal(303);
      const path = String(answer.headers['location']);
      expect(plain((await clerk.get(path).expect(503)).text)).to.contain('附件正在进行安全检查');
      await clamd.start();
      await look();
      expect(plain(await clerk.page(path))).to.contain('旧案');
    });

    it('an applicant of the portal whose paper was infected is told by mail, at the address that he signed in with', async () => {
      const applicant = new Applicant(bureau);
      await applicant.signIn('wang@firm.example');
      const path = `${home}/firms/new`;
      const outcome = await applicant.send(path, path, { uscc: goodCode, name: '宿迁某食品有限公司' }, [{ field: 'proof', name: '执照.txt', content: virus }]);
      // The content is known from before as infected.
      expect(outcome.status).to.equal(422);
      await bureau.knex('file_scan').delete();
      expect((await applicant.send(path, path, { uscc: goodCode, name: '宿迁某食品有限公司' }, [{ field: 'proof', name: '执照.txt', content: virus }])).status).to.equal(303);
      await clamd.start();
      await look();
      const letter = await bureau.knex('mail').where({ template: 'fileInfected' }).whereNotNull('reporter_id').first<{ id: string; text: string; recipient: string }>('id', 'text', 'recipient');
      expect(letter.text).to.contain('“执照.txt”经检查含病毒，已删除');
      expect(letter.recipient, 'masked as ever').to.contain('*');
      expect(delivered).to.include(letter.id);
      const { id } = await bureau.knex('portal_binding').where({ uscc: goodCode }).first<{ id: string }>('id');
      const { hash } = await bureau.knex('file_scan').first<{ hash: string }>('hash');
      await clerk.get(`/portal-bindings/${id}/files/${hash}`).expect(404);
    });

    it('a form that was given up leaves nothing to look into', async () => {
      await bureau.knex('file_scan').insert({ hash: 'f'.repeat(64), status: 'checking', name: 'x.pdf' });
      await clamd.start();
      await look();
      expect(await bureau.knex('file_scan').where({ hash: 'f'.repeat(64) })).to.deep.equal([]);
    });

    it('one that is too long for the scanner stays in quarantine, and keeps no other from its turn', async () => {
      const { path: long } = await stored('长.txt', Buffer.alloc(1024 ** 2 + 1, 'a'));
      const { path: short } = await stored('短.txt', Buffer.from('短'));
      await clamd.start();
      await look();
      await clerk.get(short).expect(200);
      await clerk.get(long).expect(503);
    });
  });
});

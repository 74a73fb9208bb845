import { expect } from 'chai';
import { startAnchoring } from '../../../src/features/chain/index.ts';
import { createI18n } from '../../../src/platform/i18n.ts';
import { createReadLaw } from '../../../src/platform/law.ts';
import { createLogger } from '../../../src/platform/logging.ts';
import { testConfig } from '../../support/stack.ts';
import { formOf, noticesIn, openBureau, type Bureau } from '../incidents/bureau.ts';

describe('the daily root of the files, outside of the database', () => {
  let bureau: Bureau;
  const delivered: string[] = [];

  /** What a worker does when it starts. */
  async function aWorkerStarts(): Promise<void> {
    const stop = startAnchoring({
      knex: bureau.knex,
      config: testConfig(),
      i18n: createI18n(),
      readLaw: createReadLaw(bureau.knex),
      deliver: async (mails) => void delivered.push(...mails),
    }, createLogger({ level: 'silent', process: 'test' }));
    await stop();
  }

  before(async () => {
    bureau = await openBureau();
    await bureau.file({ title: '第一起' });
  });
  after(() => bureau.close());

  it('is sent to every audit administrator once, whoever anchors', async () => {
    await Promise.all([aWorkerStarts(), aWorkerStarts()]);
    const { root } = await bureau.knex('anchor').first<{ root: Buffer }>('root');
    const mails: { id: string; person_id: string; text: string }[] = await bureau.knex('mail').where({ template: 'anchor' });
    const auditors: string[] = await bureau.knex('person_role').where({ role: 'auditAdmin' }).distinct('person_id').pluck('person_id');
    expect(mails.map(({ person_id: person }) => person)).to.have.members(auditors);
    expect(delivered).to.have.members(mails.map(({ id }) => id));
    for (const { text } of mails) expect(text).to.include(root.toString('hex')).and.include(`npx xinzhi verify --root ${root.toString('hex')}`);
  });

  it('is read by everybody, as a page in both languages and as JSON', async () => {
    const { root } = await bureau.knex('anchor').first<{ root: Buffer }>('root');
    const { text: page } = await bureau.agent().get('/public/anchors').expect(200);
    expect(page).to.include(root.toString('hex')).and.include('卷宗每日存证根');
    const { body } = await bureau.agent().get('/public/anchors.json').expect(200);
    expect(body.anchors).to.have.length(1);
    expect(body.anchors[0]).to.include({ number: 1, root: root.toString('hex') });
  });

  it('is proved with the chains on the page of the audit administrator', async () => {
    const auditor = await bureau.clerk('audit');
    const { text } = await auditor.post('/admin/chain', formOf(await auditor.page('/admin/chain'), '/admin/chain')).expect(200);
    expect(noticesIn(text).join()).to.include('已核对 1 个每日存证根。').and.include('事件链完整');
  });
});

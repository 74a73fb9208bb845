import { expect } from 'chai';
import type { CaseState } from '../../src/rules/casefile/types.ts';
import { createCommitTrap, type CommitTrap } from '../support/commit-trap.ts';
import { eventually } from '../support/eventually.ts';
import { openOwnCity, type OwnCity, type OwnProcess } from '../support/own-processes.ts';
import { mailSettled, received } from '../support/received.ts';
import { testStack } from '../support/stack.ts';
import { formOf, textOf, type Answer, type Fields, type Visitor } from '../support/visitor.ts';

const report = {
  field: 'commerce', area: 'foodHygiene', title: '某食品有限公司使用过期原料', what: '群众反映该公司使用过期原料。', region: 'suyu', place: '江山大道 1 号',
  occurredOn: '2026-01-05', 'subjects[0][kind]': 'organisation', 'subjects[0][name]': '宿迁某食品有限公司', 'subjects[0][code]': '91321300MA1TE8T08T',
};

describe('a worker that is killed after the file has an act and before it could say so', function () {
  this.timeout(150_000);
  let city: OwnCity;
  let trap: CommitTrap;
  let worker: OwnProcess;
  let handler: Visitor;
  let supervisor: Visitor;
  before(async () => {
    city = await openOwnCity();
    trap = await createCommitTrap(city.config.databaseUrl);
    await city.start('web', { XINZHI_ACT_TIMEOUT_MS: '4000' });
    await startWorker();
    handler = await city.visitor('xyb.handler');
    supervisor = await city.visitor('xyb.supervisor');
  });
  after(async () => {
    await city.close();
    await trap.close();
  });

  async function startWorker(): Promise<void> {
    worker = await city.start('worker', { DATABASE_URL: trap.url });
  }

  const opened = (caseId: string, stage: string): Promise<string> =>
    eventually(`${stage} open`, async () => (await city.knex('case_task').where({ case_id: caseId, stage, status: 'open' }).first<{ slug: string } | undefined>('slug'))?.slug);

  async function reportForm(change: Record<string, string> = {}): Promise<{ caseId: string; form: Fields }> {
    const form = formOf(await handler.page('/incidents/new'), '/incidents');
    return { caseId: String(form['commandId']), form: { ...form, ...report, ...change } };
  }

  /** Sends a form, waits until its act is committed, and kills the worker before it hears of that. */
  async function killedAfterCommit(who: Visitor, action: string, form: Fields): Promise<Answer> {
    const committed = trap.spring(String(form['commandId']));
    const answer = who.post(action, form);
    await Promise.race([committed, answer.then(({ status, html }) => { throw new Error(`answered ${status}: ${textOf(html).slice(0, 300)}`); })]);
    await worker.kill();
    return answer;
  }

  /** Sends a form of a task again until it is taken: for some seconds Temporal offers the case to the worker that is dead. */
  async function taken(who: Visitor, slug: string, act: string, fields: Record<string, string>): Promise<void> {
    await eventually(`${act} on ${slug} recorded`, async () => {
      const action = `/tasks/${slug}/${act}`;
      const { status } = await who.post(action, { ...formOf(await who.page(`/tasks/${slug}`), action), ...fields });
      if (status !== 303 && status !== 503) throw new Error(`answered ${status}`);
      return status === 303;
    }, 40_000);
  }

  it('an act is in the file once, its mail goes out once, and the web says that it is recorded, also when the next worker dies there too', async () => {
    const { caseId, form: whole } = await reportForm();
    expect((await handler.post('/incidents', whole)).status).to.equal(303);
    const slug = await opened(caseId, 'verify');
    const action = `/tasks/${slug}/urge`;
    const form: Fields = { ...formOf(await supervisor.page(`/tasks/${slug}`), action), text: '请今日内完成核实。' };
    const commandId = String(form['commandId']);

    const { status, location } = await killedAfterCommit(supervisor, action, form);
    expect(await city.knex('case_event').where({ key: commandId })).to.have.length(1);
    expect([status, location]).to.deep.equal([303, `/tasks/${slug}`]);
    expect(textOf(await supervisor.page(`/acts/${commandId}?task=${slug}`))).to.contain('已记录');
    expect(textOf(await supervisor.page(`/tasks/${slug}`))).to.contain('请今日内完成核实。');

    const again = trap.spring(commandId);
    await startWorker();
    await again;
    await worker.kill();
    await startWorker();

    await taken(handler, slug, 'complete', { outcome: 'founded', finding: '属实。', apart: '是另一事件。' });
    await opened(caseId, 'grade');
    expect(await city.knex('case_event').where({ key: commandId })).to.have.length(1);
    await mailSettled(city.knex);
    const { state } = await city.knex('case_file').where({ id: caseId }).first<{ state: CaseState }>('state');
    expect(state.tasks['verify#1']).to.include({ status: 'done', outcome: 'founded' });
    const mails = await city.knex('mail').where({ case_id: caseId, template: 'urged' }).select<{ status: string; message_id: string }[]>('status', 'message_id');
    expect(mails.map((mail) => mail.status)).to.deep.equal(['sent']);
    const arrived = await received(testStack().inboxUrl, caseId);
    expect(arrived.filter(({ messageId }) => messageId === mails[0]!.message_id)).to.have.length(1);
    expect(new Set(arrived.map(({ messageId }) => messageId)).size, 'no mail twice').to.equal(arrived.length);
  });

  it('a report is one case with one first task and one mail about it', async () => {
    const { caseId, form } = await reportForm({ title: '另一件', area: 'workSafety', 'subjects[0][name]': '沭阳某厂', 'subjects[0][code]': '9132132269215347XH' });
    const { status, location, html } = await killedAfterCommit(handler, '/incidents', form);
    expect(status, textOf(html).slice(0, 400)).to.equal(303);
    expect(textOf(await handler.page(location))).to.contain('另一件');
    expect(textOf(await handler.page(`/acts/${caseId}`))).to.contain('已记录');
    await startWorker();
    const slug = await opened(caseId, 'verify');
    expect(location).to.equal(`/incidents/${slug.replace(/-\d+$/u, '')}`);
    await mailSettled(city.knex);
    const events = await city.knex('case_event').where({ case_id: caseId }).orderBy('seq').pluck<string[]>('type');
    expect(events).to.deep.equal(['case.opened', 'task.opened']);
    const mails = await city.knex('mail').where({ case_id: caseId }).pluck<string[]>('status');
    expect(await received(testStack().inboxUrl, caseId)).to.have.length(mails.length);
  });

  it('afterwards every chain proves itself', async () => {
    const { status, said } = await city.run('verify');
    expect(status, said).to.equal('status 0');
  });
});

import { expect } from 'chai';
import { createGivingBack } from '../../../src/platform/casefile/giving-back.ts';
import { openOffice, plain, type Office } from '../tasks/office.ts';

interface MailRow {
  person_id: string | null;
  subject: string;
  text: string;
}

describe('people who leave with open work', function () {
  this.timeout(90_000);
  let office: Office;
  const later = (): Date => new Date(Date.now() + 120_000);
  before(async () => {
    office = await openOffice();
  });
  after(() => office.close());

  const idOf = async (username: string): Promise<string> => (await office.knex('person').where({ username }).first<{ id: string }>('id')).id;
  const giveBack = (now?: () => Date): Promise<number> => createGivingBack({ knex: office.knex, gateway: office.gateway }, now)();
  const assigneeOf = async (caseNo: string): Promise<string | null> => (await office.knex('case_task').where({ case_no: caseNo, status: 'open' }).first<{ assignee: string | null }>('assignee')).assignee;
  const lastMails = (since: number): Promise<MailRow[]> => office.knex('mail').where({ template: 'tasksGivenBack' }).orderBy(['queued_at', 'id']).offset(since).select('person_id', 'subject', 'text');
  const waiting = async (): Promise<number> => Number((await office.knex('task_return').whereNull('done_at').count({ n: '*' }).first<{ n: string }>()).n);

  async function claimed(username: string): Promise<string> {
    const caseNo = await office.open();
    // Whose account was closed has to sign in again.
    await (await office.newDesk(username)).send(await office.slug(caseNo, 'verify'), 'claim');
    expect(await assigneeOf(caseNo)).to.equal(await idOf(username));
    return caseNo;
  }

  it('a closed account: the page says first what goes back, the tasks wait for a colleague, and the head reads which', async () => {
    const cases = [await claimed('xyb.second'), await claimed('xyb.second')];
    const secret = await claimed('xyb.second');
    const leader = await idOf('xyb.leader');
    const { case_id: secretId } = await office.knex('case_task').where({ case_no: secret }).first<{ case_id: string }>('case_id');
    await office.knex('case_recusal').insert({ person: leader, case_id: secretId });
    const admin = await office.desk('sysadmin');
    const path = `/admin/people/${await idOf('xyb.second')}`;
    const page = plain(await admin.read(`${path}/deactivate`));
    expect(page).to.contain('名下 3 项未办结的事项退回').and.to.contain('负责人（事项清单）');
    const hidden = admin.hiddenOf(await admin.read(`${path}/deactivate`), `${path}/deactivate`);
    expect((await admin.post(`${path}/deactivate`, hidden)).status).to.equal(303);
    expect(plain(await admin.read(path))).to.contain('名下 3 项未办结的事项退回所在单位');

    const [mail, ...others] = await lastMails(0);
    expect(others).to.deep.equal([]);
    expect(mail).to.deep.include({ person_id: leader });
    expect(mail!.subject).to.contain('许二的 2 项事项退回');
    for (const caseNo of cases) expect(mail!.text).to.match(new RegExp(`${caseNo}　.+　核实.*前`, 'u'));
    expect(mail!.text, 'he is recused from this one').not.to.contain(secret);

    expect(await giveBack()).to.equal(3);
    for (const caseNo of [...cases, secret]) expect(await assigneeOf(caseNo)).to.equal(null);
    const handler = await office.desk('xyb.handler');
    expect(plain(await handler.read(`/tasks/${await office.slug(cases[0]!, 'verify')}`))).to.contain('账号已停用，退回单位重新认领。');
    expect((await handler.send(await office.slug(cases[0]!, 'verify'), 'claim')).status).to.equal(303);
    expect(await assigneeOf(cases[0]!)).to.equal(await idOf('xyb.handler'));
    // It looks for some time for what was under way, and then no more.
    expect([await giveBack(), await waiting()]).to.deep.equal([0, 1]);
    expect([await giveBack(later), await waiting()]).to.deep.equal([0, 0]);
    await office.knex('person').where({ username: 'xyb.second' }).update({ active: true });
  });

  it('the process is away: the account is closed all the same, and the tasks go back when it answers again', async () => {
    const caseNo = await claimed('xyb.second');
    await office.stopWorkers();
    const admin = await office.desk('sysadmin');
    const path = `/admin/people/${await idOf('xyb.second')}/deactivate`;
    expect((await admin.post(path, admin.hiddenOf(await admin.read(path), path))).status).to.equal(303);
    const failed = await giveBack(later).then(() => null, (error: unknown) => error);
    expect(failed).to.be.instanceOf(Error);
    expect([await waiting(), await assigneeOf(caseNo)]).to.deep.equal([1, await idOf('xyb.second')]);
    await office.startWorkers();
    expect(await giveBack(later)).to.equal(1);
    expect([await waiting(), await assigneeOf(caseNo)]).to.deep.equal([0, null]);
    await office.knex('person').where({ username: 'xyb.second' }).update({ active: true });
  });

  it('back before it was carried out: he keeps his work', async () => {
    const caseNo = await claimed('xyb.second');
    const id = await idOf('xyb.second');
    const admin = await office.desk('sysadmin');
    for (const act of ['deactivate', 'activate']) {
      const path = `/admin/people/${id}/${act}`;
      await admin.post(path, admin.hiddenOf(await admin.read(path), path));
    }
    expect([await giveBack(later), await waiting(), await assigneeOf(caseNo)]).to.deep.equal([0, 0, id]);
  });

  it('a role taken away: only what needs it goes back', async () => {
    const id = await idOf('xyb.second');
    await office.knex('person_role').insert({ person_id: id, unit_id: 'xyb', role: 'supervisor' });
    const before = (await lastMails(0)).length;
    const caseNo = (await office.knex('case_task').where({ assignee: id, status: 'open' }).first<{ case_no: string }>('case_no')).case_no;
    const admin = await office.desk('secadmin');
    const take = async (role: string): Promise<void> => {
      const action = `/admin/people/${id}/roles/take`;
      const { _csrf } = admin.hiddenOf(await admin.read(`/admin/people/${id}`), action);
      expect((await admin.post(action, { _csrf: _csrf!, unit: 'xyb', role })).status).to.equal(303);
    };
    await take('supervisor');
    expect([await giveBack(later), await assigneeOf(caseNo), (await lastMails(before)).length]).to.deep.equal([0, id, 0]);
    await take('handler');
    expect([await giveBack(later), await assigneeOf(caseNo)]).to.deep.equal([1, null]);
    const [mail] = await lastMails(before);
    expect(mail!.text).to.contain('许二的角色已收回').and.to.contain(caseNo);
  });
});

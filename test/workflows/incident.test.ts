import { expect } from 'chai';
import { projectionsOf } from '../../src/platform/casefile/project.ts';
import { fold } from '../../src/rules/casefile/fold.ts';
import { levelOf } from '../../src/rules/incident/facts.ts';
import { command, complete, forms, newIncident } from '../support/cases.ts';
import { people } from '../support/people.ts';
import { follow, paths, shortWay } from './paths.ts';
import { startCases, type RunningCases } from './running.ts';

describe('incident: the procedure on the real servers', () => {
  let cases: RunningCases;
  /** Every path was gone once, all at the same time; the tests look at where each led. */
  let gone: Record<keyof typeof paths, string>;
  before(async function () {
    this.timeout(90_000);
    cases = await startCases();
    const ends = await Promise.all(Object.entries(paths).map(async ([name, path]) => [name, await path(cases)]));
    gone = Object.fromEntries(ends) as typeof gone;
  });
  after(() => cases.close());

  it('the whole way: from the report to the closing', async () => {
    const id = gone.wholeWay;
    const state = await cases.state(id);
    expect(state.caseNo).to.match(/^XZ-\d{4}-\d{6}$/u);
    expect(Object.values(state.tasks).every(({ status }) => status === 'done')).to.equal(true);
    expect(state.closings).to.have.length(1);
    expect(state.closings[0]).to.deep.include({ outcome: 'handled', summary: forms.close.summary, by: null, reopened: null });
    expect(state.disclosures).to.have.length(1);
    expect(state.disclosures[0]).to.deep.include({ id: 'release#1', unit: 'scjg', status: 'published', title: forms.disclose.title });

    const events = await cases.events(id);
    expect(fold(id, events)).to.deep.equal(state);
    expect(events.map(({ seq }) => seq)).to.deep.equal(events.map((_event, n) => n + 1));
  });

  it('the lists show the case as the file has it', async () => {
    const id = gone.releaseSentBack;
    const state = await cases.state(id);
    for (const { table, rows } of projectionsOf(state)) {
      const [{ count }] = (await cases.knex(table).where({ case_id: id }).count('* as count')) as [{ count: number }];
      expect(Number(count), table).to.equal(rows.length);
    }
    const row: unknown = await cases.knex('incident').where({ case_id: id }).first('step', 'level', 'accountable_unit', 'status');
    expect(row).to.deep.equal({ step: 'feedback', level: 'general', accountable_unit: 'scjg', status: 'open' });
  });

  it('unfounded is closed with its reason; with new evidence it is verified again', async () => {
    const state = await cases.state(gone.unfoundedThenReopened);
    expect(state.closings[0]).to.deep.include({ outcome: 'unfounded', summary: forms.verify.finding });
    expect(state.closings[0]?.reopened).to.deep.include({ reason: '有新线索' });
    expect(state.tasks['verify#2']).to.deep.include({ outcome: 'founded', round: 2 });
  });

  it('a duplicate is closed and linked to the other', async () => {
    const id = gone.duplicate;
    const { caseId: other } = (await cases.state(id)).tasks['verify#1']!.form['of'] as { caseId: string };
    expect(await cases.knex('case_link').where({ case_id: id }).select('other', 'relation')).to.deep.equal([{ other, relation: 'duplicate' }]);
    await cases.act(id, people.supervisor, { type: 'reopen', reason: '并非同一事件' });
    await cases.done(id, people.handler, 'verify#2', 'founded');
    expect(await cases.knex('case_link').where({ case_id: id })).to.deep.equal([]);
  });

  it('a part that is returned is assigned anew, with the reason in sight', async () => {
    const { tasks } = await cases.state(gone.assignmentReturned);
    expect(tasks['assign#2']?.brief).to.deep.equal({ sentBack: [{ unit: 'hbj', reason: '不属本部门职责' }] });
    expect(tasks['acknowledge:scjg#2']?.brief).to.deep.include({ instruction: forms.assign.instruction });
  });

  it('an opinion that is sent back by the reviewer or the head is drafted again with the remark', async () => {
    const { tasks } = await cases.state(gone.opinionSentBack);
    expect(tasks['opinion#2']?.brief).to.deep.equal({ remarks: ['依据不准确'] });
    expect(tasks['opinion#3']?.brief).to.deep.equal({ remarks: ['措施不具体'] });
    // Whoever drafted any round of it.
    expect(tasks['legal-review#3']?.excluded).to.have.deep.members([people.market, people.marketColleague].map(({ id }) => ({ person: id, because: 'opinion' })));
    expect(tasks['approve#2']).to.deep.include({ outcome: 'approved' });
  });

  it('nothing is withheld on one person\'s word, and then nothing is shown', async () => {
    const { tasks, disclosures } = await cases.state(gone.withheld);
    expect(tasks['release#1']?.brief).to.deep.equal({ proposal: 'disclose#1', withheld: true });
    expect(disclosures).to.deep.equal([]);
  });

  it('a release that is sent back is proposed again', async () => {
    const { tasks, disclosures } = await cases.state(gone.releaseSentBack);
    expect(tasks['disclose#2']?.brief).to.deep.include({ remarks: ['应当公开'] });
    expect(disclosures.map(({ id }) => id)).to.deep.equal(['release#2']);
  });

  it('a prevention that is not kept is planned again, checked on the day that was promised', async () => {
    const { tasks } = await cases.state(gone.preventionInsufficient);
    expect(tasks['prevention-check#2']).to.deep.include({ outcome: 'effective', brief: { plan: 'prevention#2' } });
    expect(tasks['prevention-check#1']?.deadline?.why.unit).to.equal('date');
  });

  it('an extension is decided by somebody else; granted it shows old and new', async () => {
    const { tasks } = await cases.state(gone.extensions);
    const { deadline, extension } = tasks['first-report#1']!;
    expect(extension).to.deep.include({ granted: true, days: 3, reason: '等待检测' });
    expect(deadline).to.deep.include({ version: 2 });
    expect(deadline!.was!.at < deadline!.at).to.equal(true);
    expect(tasks['handle:scjg.1#1']?.extension?.granted).to.equal(false);
    expect(tasks['handle:scjg.1#1']?.deadline).to.deep.include({ version: 1 });
    expect(tasks['extension:opinion#1#1'], 'done before it was decided').to.deep.include({ status: 'cancelled' });
  });

  it('claim, comment, attach, release, reassign, urge and supervise leave their marks', async () => {
    const { tasks } = await cases.state(gone.actsBeside);
    expect(tasks['verify#1']).to.deep.include({ comments: 1, urged: 1, outcome: 'founded' });
    expect(tasks['verify#1']?.files.map(({ name }) => name)).to.deep.equal(['现场照片.jpg']);
    expect(tasks['verify#1']?.doneBy?.person).to.equal(people.handlerColleague.id);
    expect(tasks['supervision:verify#1#1']).to.deep.include({ outcome: 'answered', form: { answer: '已说明' } });
  });

  it('who is recused loses the task and the case; the end of it gives the case back', async () => {
    const id = await cases.open();
    const person = { person: people.handler.id, name: people.handler.name };
    await cases.act(id, people.handler, { type: 'claim', task: 'verify#1' });
    await cases.act(id, people.supervisor, { type: 'recuse', person, reason: '近亲属' });
    expect((await cases.state(id)).tasks['verify#1']?.assignee).to.equal(null);
    expect(await cases.knex('case_recusal').where({ case_id: id }).pluck('person')).to.deep.equal([person.person]);
    expect(await cases.refused(id, people.handler, complete('verify#1', 'founded'))).to.deep.equal({ key: 'refused.recused' });
    await cases.act(id, people.supervisor, { type: 'liftRecusal', person, reason: '' });
    expect(await cases.knex('case_recusal').where({ case_id: id })).to.deep.equal([]);
    await cases.done(id, people.handler, 'verify#1', 'founded');
  });

  it('what is public is withdrawn after the closing too, by two persons', async () => {
    const id = gone.withdrawnAfterClosing;
    const state = await cases.state(id);
    expect(state.disclosures[0]).to.deep.include({ status: 'withdrawn', reason: '处罚被撤销' });
    expect(await cases.knex('disclosure').where({ case_id: id }).first('status', 'reason')).to.deep.equal({ status: 'withdrawn', reason: '处罚被撤销' });
    expect(await cases.refused(id, people.handler, { type: 'proposeWithdrawal', disclosure: 'release#1', reason: '' })).to.deep.equal({ key: 'refused.notPublished' });
  });

  it('a closed case is reopened within the window and handled again from the assignment', async () => {
    const id = gone.reopenedAfterClosing;
    const state = await cases.state(id);
    expect(state.closings[0]?.reopened?.reason).to.equal('整改不到位');
    expect(await cases.knex('case_file').where({ id }).first('status', 'live', 'closed_at', 'reopen_until')).to.deep.equal({ status: 'open', live: true, closed_at: null, reopen_until: null });
    expect(levelOf(state)).to.equal('general');
    expect(state.disclosures[0]?.status, 'what was public stays so').to.equal('published');
  });

  it('by clock hours: the statement of an extraordinary incident is due five hours on, night or not', async () => {
    const id = await cases.open();
    await cases.done(id, people.handler, 'verify#1', 'founded');
    await cases.done(id, people.handler, 'grade#1', 'graded', { ...forms.grade, base: 'extraordinary', level: 'extraordinary' });
    const { tasks } = await cases.opened(id, 'statement#1', 'assign#1');
    expect(Date.parse(tasks['statement#1']!.deadline!.at) - Date.parse(tasks['statement#1']!.openedAt)).to.equal(5 * 3_600_000);
    expect(tasks['statement#1']?.audience).to.deep.equal({ unit: 'zx', role: 'handler' });
  });

  it('the feedback waits for the public statement, which runs beside', async () => {
    const id = await cases.open();
    await cases.done(id, people.handler, 'verify#1', 'founded');
    await cases.done(id, people.handler, 'grade#1', 'graded');
    await follow(cases, id, shortWay.slice(2, 11));
    await cases.opened(id, 'statement#1');
    await cases.done(id, people.publicity, 'statement#1', 'notNeeded');
    await cases.opened(id, 'statement-confirm#1');
    await cases.done(id, people.officeHead, 'statement-confirm#1', 'confirmed');
    await cases.opened(id, 'feedback#1');
  });

  it('an act that is not one of the stage, or by a stranger, is refused and leaves nothing', async () => {
    const id = await cases.open();
    const { seq } = await cases.state(id);
    expect((await cases.refused(id, people.handler, complete('verify#1', 'approved'))).key).to.equal('refused.noSuchOutcome');
    expect((await cases.refused(id, people.stranger, complete('verify#1', 'founded'))).key).to.equal('refused.noStanding.complete');
    const given = command(people.stranger, complete('verify#1', 'founded'));
    await cases.refused(id, given.by, given.act, given);
    expect(await cases.knex('command').where({ id: given.id })).to.deep.equal([]);
    expect((await cases.state(id)).seq).to.equal(seq);
  });

  it('case numbers follow each other without a gap', async () => {
    const ids = await Promise.all([1, 2, 3].map(() => cases.open(newIncident())));
    const numbers = await Promise.all(ids.map(async (id) => Number((await cases.state(id)).caseNo.slice(-6))));
    expect(Math.max(...numbers) - Math.min(...numbers)).to.equal(2);
  });
});

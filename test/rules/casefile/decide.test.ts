import { expect } from 'chai';
import type { Act, Acting } from '../../../src/rules/casefile/commands.ts';
import { decide, opened, taskId } from '../../../src/rules/casefile/decide.ts';
import type { Draft } from '../../../src/rules/casefile/events.ts';
import type { Said } from '../../../src/rules/casefile/types.ts';
import { command, complete, forms, runningIncident, taskIds, type MemoryCase } from '../../support/cases.ts';
import { testLaw } from '../../support/law.ts';
import { people, somebody } from '../../support/people.ts';

const start = '2026-01-05T01:00:00.000Z';

function drafts(file: MemoryCase, by: Acting, act: Act): Draft[] {
  const decision = decide(file.state, command(by, act), file.now);
  if ('refusal' in decision) throw new Error(decision.refusal.key);
  return decision.drafts;
}

function refusal(file: MemoryCase, by: Acting, act: Act, seen: number | null = null): Said {
  const decision = decide(file.state, command(by, act, { seen }), file.now);
  if (!('refusal' in decision)) throw new Error('it was allowed');
  return decision.refusal;
}

async function released(): Promise<MemoryCase> {
  const file = await runningIncident(testLaw(), start);
  await file.done(people.handler, 'verify#1', 'founded');
  await file.done(people.handler, 'grade#1', 'graded', { ...forms.grade, level: 'general' });
  await file.done(people.handler, 'assign#1', 'assigned');
  await file.done(people.market, 'acknowledge:scjg#1', 'acknowledged');
  await file.done(people.ecology, 'acknowledge:hbj#1', 'acknowledged');
  await file.done(people.market, 'first-report#1', 'reported');
  await file.done(people.market, 'handle:scjg.1#1', 'handled');
  await file.done(people.ecology, 'handle:hbj.2#1', 'handled');
  await file.done(people.market, 'opinion#1', 'drafted');
  await file.done(people.reviewer, 'legal-review#1', 'agreed');
  await file.done(people.marketHead, 'approve#1', 'approved');
  await file.done(people.handler, 'disclose#1', 'proposed');
  await file.done(people.officeHead, 'release#1', 'released');
  return file;
}

describe('decide: what an act leaves in the file', () => {
  let file: MemoryCase;
  beforeEach(async () => {
    file = await runningIncident(testLaw(), start);
  });

  it('claim, release, reassign, comment, attach, urge: one event each', () => {
    const to = { person: people.handlerColleague.id, name: people.handlerColleague.name };
    const files = [{ hash: 'a'.repeat(64), name: '照片.jpg', mime: 'image/jpeg', bytes: 10 }];
    expect(drafts(file, people.handler, { type: 'claim', task: 'verify#1' })).to.deep.equal([{ type: 'task.claimed', task: 'verify#1' }]);
    expect(drafts(file, people.officeHead, { type: 'reassign', task: 'verify#1', to, reason: '出差' })).to.deep.equal([
      { type: 'task.reassigned', task: 'verify#1', to, reason: '出差' },
    ]);
    expect(drafts(file, people.handler, { type: 'comment', task: 'verify#1', text: '已联系' })).to.deep.equal([{ type: 'task.commented', task: 'verify#1', text: '已联系' }]);
    expect(drafts(file, people.handler, { type: 'attach', task: 'verify#1', files })).to.deep.equal([{ type: 'task.attached', task: 'verify#1', files }]);
    expect(drafts(file, people.supervisor, { type: 'urge', task: 'verify#1', text: '请尽快' })).to.deep.equal([{ type: 'task.urged', task: 'verify#1', text: '请尽快' }]);
  });

  it('release gives the task back', async () => {
    await file.act(command(people.handler, { type: 'claim', task: 'verify#1' }));
    expect(drafts(file, people.handler, { type: 'release', task: 'verify#1', reason: '有事' })).to.deep.equal([
      { type: 'task.released', task: 'verify#1', reason: '有事' },
    ]);
  });

  it('a closed account gives the task back without its own doing, unless somebody else has it by then', async () => {
    const administrator = somebody('xyb.sysadmin', 'systemAdmin');
    const vacate: Act = { type: 'vacate', task: 'verify#1', of: people.handler.id, because: 'accountClosed' };
    expect(refusal(file, administrator, vacate).key).to.equal('refused.notAssigned');
    await file.act(command(people.handlerColleague, { type: 'claim', task: 'verify#1' }));
    expect(refusal(file, administrator, vacate).key).to.equal('refused.notAssigned');
    await file.act(command(people.handlerColleague, { type: 'release', task: 'verify#1', reason: '' }));
    await file.act(command(people.handler, { type: 'claim', task: 'verify#1' }));
    expect(drafts(file, administrator, vacate)).to.deep.equal([{ type: 'task.released', task: 'verify#1', reason: '', because: 'accountClosed' }]);
    await file.act(command(administrator, vacate));
    expect(file.state.tasks['verify#1']).to.deep.include({ status: 'open', assignee: null });
  });

  it('complete: the outcome must be one of the stage', () => {
    expect(drafts(file, people.handler, complete('verify#1', 'unfounded', forms.verify))).to.deep.equal([
      { type: 'task.completed', task: 'verify#1', outcome: 'unfounded', form: forms.verify },
    ]);
    expect(refusal(file, people.handler, complete('verify#1', 'approved'))).to.deep.equal({ key: 'refused.noSuchOutcome', params: { outcome: 'approved' } });
  });

  it('a task or disclosure that is not in the file is refused as such', () => {
    expect(refusal(file, people.handler, complete('verify#2', 'founded')).key).to.equal('refused.noSuchTask');
    expect(refusal(file, people.handler, { type: 'proposeWithdrawal', disclosure: 'release#9', reason: '' }).key).to.equal('refused.noSuchDisclosure');
  });

  it('an act on an older version of the task is refused; on the version seen it is taken', async () => {
    await file.act(command(people.handler, { type: 'claim', task: 'verify#1' }));
    const { version } = file.state.tasks['verify#1']!;
    expect(refusal(file, people.handler, complete('verify#1', 'founded'), version - 1).key).to.equal('refused.changedMeanwhile');
    expect(decide(file.state, command(people.handler, complete('verify#1', 'founded'), { seen: version }), file.now)).to.have.property('drafts');
  });

  it('two persons, one task: the second learns who did it, when, and with what outcome', async () => {
    const { version } = file.state.tasks['verify#1']!;
    await file.done(people.handler, 'verify#1', 'founded');
    expect(refusal(file, people.handlerColleague, complete('verify#1', 'unfounded'), version)).to.deep.equal({
      key: 'refused.taskDone',
      params: { name: people.handler.name, at: start, outcome: 'founded' },
    });
  });

  it('an extension opens a decision for the supervisors, and never for the one who asks', async () => {
    const [asked, decision] = drafts(file, people.handler, { type: 'requestExtension', task: 'verify#1', days: 3, reason: '需检测' });
    expect(asked).to.deep.equal({ type: 'extension.requested', task: 'verify#1', decision: 'extension:verify#1#1', days: 3, reason: '需检测' });
    expect(decision).to.deep.include({
      type: 'task.opened',
      task: 'extension:verify#1#1',
      audience: { unit: 'xyb', role: 'supervisor' },
      excluded: [{ person: people.handler.id, because: 'extension' }],
      limit: { rule: 'incident.extension-decision' },
    });
  });

  it('an extension of their own goes to the head of the credit office', async () => {
    await file.act(command(people.supervisor, { type: 'supervise', task: 'verify#1', text: '' }));
    const check = { ...file.state.tasks['verify#1']!, id: 'prevention-check#1', stage: 'prevention-check', audience: { unit: 'xyb', role: 'supervisor' as const } };
    file.state.tasks[check.id] = check;
    const [, decision] = drafts(file, people.supervisor, { type: 'requestExtension', task: check.id, days: 1, reason: '' });
    expect(decision).to.deep.include({ audience: { unit: 'xyb', role: 'creditOfficeHead' } });
  });

  it('granting or refusing decides the extension with the days that were asked for', async () => {
    await file.act(command(people.handler, { type: 'requestExtension', task: 'verify#1', days: 3, reason: '需检测' }));
    expect(drafts(file, people.supervisor, complete('extension:verify#1#1', 'granted'))).to.deep.equal([
      { type: 'task.completed', task: 'extension:verify#1#1', outcome: 'granted', form: {} },
      { type: 'extension.decided', task: 'verify#1', granted: true, days: 3 },
    ]);
    expect(drafts(file, people.supervisor, complete('extension:verify#1#1', 'refused'))[1]).to.deep.include({ granted: false });
    expect(refusal(file, people.handler, complete('extension:verify#1#1', 'granted')).key).to.equal('refused.noStanding.complete');
  });

  it('who does the task while its extension is pending has it decided by that: the request is cancelled', async () => {
    await file.act(command(people.handler, { type: 'requestExtension', task: 'verify#1', days: 3, reason: '' }));
    expect(drafts(file, people.handler, complete('verify#1', 'founded'))).to.deep.equal([
      { type: 'task.completed', task: 'verify#1', outcome: 'founded', form: {} },
      { type: 'task.cancelled', task: 'extension:verify#1#1', reason: 'taskDone' },
    ]);
  });

  it('supervision is an order with its own deadline to whose move it is; another waits for the answer, and is a round of its own', async () => {
    const [order] = drafts(file, people.supervisor, { type: 'supervise', task: 'verify#1', text: '请说明' });
    expect(order).to.deep.include({
      task: 'supervision:verify#1#1',
      audience: { unit: 'xyb', role: 'handler' },
      brief: { task: 'verify#1', text: '请说明' },
      limit: { rule: 'incident.supervision' },
    });
    await file.act(command(people.supervisor, { type: 'supervise', task: 'verify#1', text: '请说明' }));
    expect(refusal(file, people.supervisor, { type: 'supervise', task: 'supervision:verify#1#1', text: '' }).key).to.equal('refused.sideTask');
    expect(refusal(file, people.supervisor, { type: 'supervise', task: 'verify#1', text: '再说明' }).key).to.equal('refused.orderPending');
    await file.act(command(people.handler, complete('supervision:verify#1#1', 'answered', { answer: '正在核实' })));
    expect(drafts(file, people.supervisor, { type: 'supervise', task: 'verify#1', text: '再说明' })[0]).to.deep.include({ task: 'supervision:verify#1#2' });
  });

  it('recusal and its end', () => {
    const person = { person: people.market.id, name: people.market.name };
    expect(drafts(file, people.supervisor, { type: 'recuse', person, reason: '亲属' })).to.deep.equal([{ type: 'case.recused', ...person, reason: '亲属' }]);
    expect(drafts(file, people.supervisor, { type: 'liftRecusal', person, reason: '已查明' })).to.deep.equal([
      { type: 'case.recusalLifted', ...person, reason: '已查明' },
    ]);
  });

  it('reopening is an event of the case', async () => {
    await file.done(people.handler, 'verify#1', 'unfounded');
    expect(drafts(file, people.supervisor, { type: 'reopen', reason: '有新线索' })).to.deep.equal([{ type: 'case.reopened', reason: '有新线索' }]);
    expect(refusal(file, people.handler, { type: 'reopen', reason: '' }).key).to.equal('refused.noStanding.reopen');
  });
});

describe('decide: four eyes', () => {
  it('nobody approves the opinion he drafted, whatever roles he holds', async () => {
    const file = await released();
    const both = { ...people.market, roles: [...people.market.roles, { unit: 'scjg', role: 'head' as const }, { unit: 'fz', role: 'legalReviewer' as const }] };
    for (const id of ['approve#1', 'legal-review#1']) {
      const { excluded } = file.state.tasks[id]!;
      expect(excluded, id).to.deep.equal([{ person: both.id, because: 'opinion' }]);
      const again = { ...file.state.tasks[id]!, id: `${id}x`, status: 'open' as const };
      file.state.tasks[again.id] = again;
      expect(refusal(file, both, complete(again.id, 'sentBack')).key).to.equal('refused.fourEyes.opinion');
      const to = { person: both.id, name: both.name };
      const head = id.startsWith('legal') ? people.supervisor : people.marketHead;
      expect(refusal(file, head, { type: 'reassign', task: again.id, to, reason: '' }).key, 'nor by being given it').to.equal('refused.reassignExcluded');
    }
  });

  it('nobody releases what he proposed to show', async () => {
    const file = await released();
    expect(file.state.tasks['release#1']?.excluded).to.deep.equal([{ person: people.handler.id, because: 'disclose' }]);
  });

  it('a withdrawal is decided by another than who proposes it, also when the head proposes', async () => {
    const file = await released();
    await file.act(command(people.officeHead, { type: 'proposeWithdrawal', disclosure: 'release#1', reason: '事实有误' }));
    const id = 'withdrawal:release#1#1';
    expect(file.state.tasks[id]?.excluded).to.deep.equal([{ person: people.officeHead.id, because: 'withdrawal' }]);
    expect(refusal(file, people.officeHead, complete(id, 'withdrawn')).key).to.equal('refused.fourEyes.withdrawal');
    expect(drafts(file, people.officeDeputy, complete(id, 'withdrawn'))).to.deep.equal([
      { type: 'task.completed', task: id, outcome: 'withdrawn', form: {} },
      { type: 'disclosure.withdrawn', disclosure: 'release#1', reason: '事实有误' },
    ]);
    expect(drafts(file, people.officeDeputy, complete(id, 'kept'))).to.have.length(1);
  });

  it('a task is not given to somebody who is recused', async () => {
    const file = await runningIncident(testLaw(), start);
    const to = { person: people.handlerColleague.id, name: people.handlerColleague.name };
    await file.act(command(people.supervisor, { type: 'recuse', person: to, reason: '亲属' }));
    expect(refusal(file, people.officeHead, { type: 'reassign', task: 'verify#1', to, reason: '' }).key).to.equal('refused.reassignRecused');
  });

  it('who is recused loses what he had claimed, and can do nothing more', async () => {
    const file = await runningIncident(testLaw(), start);
    await file.act(command(people.handler, { type: 'claim', task: 'verify#1' }));
    const person = { person: people.handler.id, name: people.handler.name };
    await file.act(command(people.supervisor, { type: 'recuse', person, reason: '亲属' }));
    expect(file.state.tasks['verify#1']?.assignee).to.equal(null);
    expect(refusal(file, people.handler, complete('verify#1', 'founded')).key).to.equal('refused.recused');
    await file.act(command(people.supervisor, { type: 'liftRecusal', person, reason: '' }));
    expect(drafts(file, people.handler, complete('verify#1', 'founded'))).to.have.length(1);
  });
});

describe('decide: what is public', () => {
  it('a withdrawal that is decided after the term has ended does not bring the opinion back as withdrawn', async () => {
    const file = await released();
    await file.act(command(people.handler, { type: 'proposeWithdrawal', disclosure: 'release#1', reason: '' }));
    await file.pass('2027-03-01T00:00:00.000Z');
    expect(file.state.disclosures[0]?.status).to.equal('ended');
    await file.done(people.officeHead, 'withdrawal:release#1#1', 'withdrawn', {});
    expect(file.state.disclosures[0]?.status).to.equal('ended');
  });

  it('a proposal to withdraw outlives the closing of the case; an order and an extension do not', async () => {
    const file = await released();
    await file.done(people.handler, 'feedback#1', 'fedBack');
    await file.done(people.market, 'prevention#1', 'planned');
    await file.done(people.supervisor, 'prevention-check#1', 'effective');
    await file.act(command(people.handler, { type: 'proposeWithdrawal', disclosure: 'release#1', reason: '' }));
    await file.act(command(people.supervisor, { type: 'supervise', task: 'close#1', text: '' }));
    await file.done(people.handler, 'close#1', 'closed');
    expect(taskIds(file.state)).to.deep.equal(['withdrawal:release#1#1']);
    expect(taskIds(file.state, 'cancelled')).to.deep.equal(['supervision:close#1#1']);
  });
});

describe('decide: names of tasks', () => {
  it('a stage alone, a stage of several units, and the round', () => {
    expect(taskId('verify', null, 1)).to.equal('verify#1');
    expect(taskId('acknowledge', 'scjg', 2)).to.equal('acknowledge:scjg#2');
    expect(opened({ stage: 'prevention-check', audience: { unit: 'xyb', role: 'supervisor' }, rule: 'incident.prevention-check', date: '2026-02-01' }, 1)).to.deep.include({
      task: 'prevention-check#1',
      limit: { rule: 'incident.prevention-check', date: '2026-02-01' },
    });
    expect(opened({ stage: 'close', audience: { unit: 'xyb', role: 'handler' }, rule: null }, 1)).to.deep.include({ limit: null });
  });
});

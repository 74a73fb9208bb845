import { randomUUID } from 'node:crypto';
import { setTimeout as delay } from 'node:timers/promises';
import { expect } from 'chai';
import { Unavailable } from '../../src/platform/http/errors.ts';
import type { RecordRequest } from '../../src/rules/casefile/ports.ts';
import { fold } from '../../src/rules/casefile/fold.ts';
import { Refused, type Receipt } from '../../src/platform/casefile/gateway.ts';
import { command, complete, forms, newIncident } from '../support/cases.ts';
import { people } from '../support/people.ts';
import { byAnotherRun, upTo } from './paths.ts';
import { startCases, type RunningCases } from './running.ts';

async function failure(work: Promise<unknown>): Promise<unknown> {
  try {
    await work;
  } catch (error) {
    return error;
  }
  throw new Error('it did not fail');
}

describe('commands: once, in turn, and answered with the truth', () => {
  let cases: RunningCases;
  before(async function () {
    this.timeout(60_000);
    cases = await startCases();
  });
  after(() => cases.close());

  const ofCommand = async (caseId: string, id: string): Promise<number> => (await cases.events(caseId)).filter((event) => event.command === id).length;

  it('the same command twice gives the same answer and one event', async () => {
    const id = await cases.open();
    const given = command(people.handler, { type: 'comment', task: 'verify#1', text: '已联系' });
    const first = await cases.gateway.act('incident', id, given);
    await cases.act(id, people.handler, { type: 'comment', task: 'verify#1', text: '另一条' });
    expect(await cases.gateway.act('incident', id, given)).to.deep.equal(first);
    expect(await ofCommand(id, given.id)).to.equal(1);
  });

  it('both at the same moment: still one event and one answer', async () => {
    const id = await cases.open();
    const given = command(people.handler, complete('verify#1', 'founded', forms.verify));
    const answers = await Promise.all([1, 2, 3].map(() => cases.gateway.act('incident', id, given)));
    expect(new Set(answers.map((answer) => JSON.stringify(answer))).size).to.equal(1);
    expect(await ofCommand(id, given.id)).to.equal(1);
  });

  it('again in a later run, which knows it from the file: the same answer', async () => {
    const id = await cases.open();
    const given = command(people.handler, complete('verify#1', 'founded', forms.verify));
    const first = await cases.gateway.act('incident', id, given);
    await cases.opened(id, 'grade#1');
    await cases.handle(id).terminate('lost');
    // Else Temporal itself would answer from the run that ended.
    await cases.gateway.takeUp('incident', id);
    expect(await cases.gateway.act('incident', id, given)).to.deep.equal(first);
    expect(await ofCommand(id, given.id)).to.equal(1);
  });

  it('a new case sent twice is one case', async () => {
    const caseId = randomUUID();
    const opening = newIncident();
    const answers = await Promise.all([1, 2].map(() => cases.gateway.open(caseId, opening)));
    expect(answers[0]).to.deep.equal(answers[1]);
    await cases.until(caseId, (state) => 'verify#1' in state.tasks);
    expect(await cases.gateway.open(caseId, opening)).to.deep.equal(answers[0]);
    expect((await cases.events(caseId)).filter(({ what }) => what.type === 'case.opened')).to.have.length(1);
  });

  it('two persons complete one task at once: one wins, the other reads who did it and when', async () => {
    const id = await cases.open();
    const { version } = (await cases.state(id)).tasks['verify#1']!;
    const both = [people.handler, people.handlerColleague];
    const results = await Promise.allSettled(both.map((by) => cases.act(id, by, complete('verify#1', 'founded', forms.verify), { seen: version })));
    const won = results.findIndex(({ status }) => status === 'fulfilled');
    const lost = results.find((result) => result.status === 'rejected');
    expect(results.filter(({ status }) => status === 'fulfilled')).to.have.length(1);
    expect(lost?.reason).to.be.instanceOf(Refused);
    const { doneBy, doneAt } = (await cases.state(id)).tasks['verify#1']!;
    expect(doneBy?.person).to.equal(both[won]?.id);
    expect((lost!.reason as Refused).said).to.deep.equal({ key: 'refused.taskDone', params: { name: doneBy!.name, at: doneAt!, outcome: 'founded' } });
  });

  it('two persons claim one task at once: one has it, the other reads who', async () => {
    const id = await cases.open();
    const results = await Promise.allSettled([people.handler, people.handlerColleague].map((by) => cases.act(id, by, { type: 'claim', task: 'verify#1' })));
    const { assignee } = (await cases.state(id)).tasks['verify#1']!;
    const lost = results.find((result) => result.status === 'rejected');
    expect((lost!.reason as Refused).said).to.deep.equal({ key: 'refused.claimedBy', params: { name: assignee!.name } });
  });

  it('forty acts at once on one case are recorded one after the other, each once', async () => {
    const id = await cases.open();
    const before = (await cases.state(id)).seq;
    const answers = await Promise.all(Array.from({ length: 40 }, (_, n) => cases.act(id, people.handler, { type: 'comment', task: 'verify#1', text: `第 ${n} 条` })));
    expect(answers.map(({ seq }: Receipt) => seq).sort((a, b) => a - b)).to.deep.equal(answers.map((_, n) => before + 1 + n));
    expect((await cases.state(id)).tasks['verify#1']?.comments).to.equal(40);
  });

  it('a tab that is older than the task is told so, with what he typed still his', async () => {
    const id = await cases.open();
    const seen = (await cases.state(id)).tasks['verify#1']!.version;
    await cases.act(id, people.handlerColleague, { type: 'claim', task: 'verify#1' });
    await cases.act(id, people.handlerColleague, { type: 'release', task: 'verify#1', reason: '' });
    expect(await cases.refused(id, people.handler, complete('verify#1', 'founded'), { seen })).to.deep.equal({ key: 'refused.changedMeanwhile' });
  });

  it('a command that was given up is not recorded any more, however late it arrives', async () => {
    const id = await cases.open();
    const given = command(people.handler, complete('verify#1', 'founded', forms.verify));
    expect(await cases.gateway.settle(id, given.id)).to.deep.equal({ recorded: false });
    const error = await failure(cases.gateway.act('incident', id, given));
    expect(error).to.be.instanceOf(Unavailable);
    expect(error).to.deep.include({ part: 'worker', recorded: 'no' });
    expect((await cases.state(id)).tasks['verify#1']?.status).to.equal('open');
    await cases.done(id, people.handler, 'verify#1', 'founded');
  });

  it('a new case that was given up is never opened', async () => {
    const caseId = randomUUID();
    await cases.gateway.settle(caseId, caseId);
    expect(await failure(cases.gateway.open(caseId, newIncident()))).to.deep.include({ recorded: 'no' });
    expect(await cases.knex('case_event').where({ case_id: caseId })).to.deep.equal([]);
  });

  it('what became of a recorded command can be asked afterwards, with the same number', async () => {
    const id = await cases.open();
    const given = command(people.handler, { type: 'requestExtension', task: 'verify#1', days: 2, reason: '' });
    const { seq } = await cases.gateway.act('incident', id, given);
    expect(await cases.gateway.settle(id, given.id)).to.deep.equal({ recorded: true, caseId: id, seq });
  });

  it('the id of a command of another case is no way into that case, nor into this one', async () => {
    const [one, two] = [await cases.open(), await cases.open()];
    const given = command(people.handler, complete('verify#1', 'founded', forms.verify));
    await cases.gateway.act('incident', one, given);
    expect(await failure(cases.gateway.act('incident', two, given))).to.deep.include({ recorded: 'no' });
    expect(await cases.gateway.settle(two, given.id)).to.deep.equal({ recorded: false });
    expect((await cases.state(two)).tasks['verify#1']?.status).to.equal('open');
    await cases.done(two, people.handler, 'verify#1', 'founded');
  });

  it('a case on which nothing can happen any more refuses with its reason, though no process runs on it', async () => {
    const id = await cases.open();
    await cases.done(id, people.handler, 'verify#1', 'unfounded');
    await cases.until(id, (state) => state.closings.length === 1);
    await cases.knex('case_file').where({ id }).update({ reopen_until: new Date(0) });
    await cases.handle(id).terminate('rested');
    // Its file says that the window is over: the process that is started for the act ends at once.
    const state = await cases.state(id);
    state.closings[0]!.reopenUntil = '2026-01-01T00:00:00.000Z';
    await cases.knex('case_file').where({ id }).update({ state: JSON.stringify(state) });
    expect((await cases.refused(id, people.supervisor, { type: 'reopen', reason: '' })).key).to.equal('refused.reopenOver');
    await cases.handle(id).result();
  });
});

describe('commands: another hand in the file', () => {
  let cases: RunningCases;
  /** Told of each record before it is made. */
  let beforeRecord: ((request: RecordRequest) => Promise<void>) | null = null;
  before(async function () {
    this.timeout(60_000);
    cases = await startCases({
      wrap: (activities) => ({
        ...activities,
        record: async (request) => {
          await beforeRecord?.(request);
          return activities.record(request);
        },
      }),
    });
  });
  after(() => cases.close());
  afterEach(() => (beforeRecord = null));

  it('an act on a file that went on is answered by a new run, which knows what the file holds', async () => {
    const id = await cases.open();
    const { runId: first } = await cases.handle(id).describe();
    await byAnotherRun(cases, id, '另一处写入');
    await cases.act(id, people.handler, complete('verify#1', 'founded', forms.verify));
    await cases.opened(id, 'grade#1');
    expect((await cases.handle(id).describe()).runId, 'a new run began on what the file holds').not.to.equal(first);
    const events = await cases.events(id);
    expect(fold(id, events)).to.deep.equal(await cases.state(id));
    expect(events.filter(({ what }) => what.type === 'task.completed')).to.have.length(1);
  });

  it('the process itself meets a file that went on, in the middle of steps that run beside each other', async () => {
    const id = await upTo(cases, 'grade#1');
    let interfered = 0;
    beforeRecord = async ({ caseId, key }) => {
      if (caseId !== id || !key.startsWith('open:') || interfered > 0) return;
      interfered += 1;
      await byAnotherRun(cases, id, '另一处写入');
    };
    await cases.done(id, people.handler, 'grade#1', 'graded', forms.grade);
    await cases.opened(id, 'statement#1', 'assign#1');
    expect(interfered).to.equal(1);
    const events = await cases.events(id);
    expect(fold(id, events)).to.deep.equal(await cases.state(id));
    await cases.done(id, people.handler, 'assign#1', 'assigned');
  });

  it('a step that was recorded while its answer was lost is not recorded again, and brings what came after it', async () => {
    const id = await cases.open();
    const { seq } = await cases.state(id);
    const actor = { person: people.handler.id, name: people.handler.name, unit: 'xyb' };
    const step = { caseId: id, after: seq, key: randomUUID(), command: true, actor, drafts: [{ type: 'task.commented' as const, task: 'verify#1', text: '一' }], at: null, requestId: null };
    const first = await cases.activities.record(step);
    await byAnotherRun(cases, id, '二');
    const again = await cases.activities.record(step);
    expect(again.seq).to.equal(first.seq);
    expect(again.events.map((event) => event.seq)).to.deep.equal([seq + 1, seq + 2]);
    expect((await cases.state(id)).tasks['verify#1']?.comments).to.equal(2);
  });

  it('an instant that is given in another way of writing is kept in one, so that the chain holds', async () => {
    const id = await cases.open();
    const { seq } = await cases.state(id);
    const { events } = await cases.activities.record({
      caseId: id, after: seq, key: randomUUID(), command: true, actor: { person: people.handler.id, name: '', unit: 'xyb' },
      drafts: [{ type: 'task.commented', task: 'verify#1', text: '' }], at: '2026-10-12T10:30:00+08:00', requestId: null,
    });
    expect(events[0]?.at).to.equal('2026-10-12T02:30:00.000Z');
    expect((await cases.events(id)).at(-1)?.at).to.equal('2026-10-12T02:30:00.000Z');
  });
});

describe('a process that has recorded a step and has yet to learn so', function slowly() {
  this.timeout(60_000);
  let cases: RunningCases;
  let slow = false;
  before(async () => {
    // The step stands in the file, and its answer takes longer than the server lets a process be silent (8 of 10 s).
    cases = await startCases({
      wrap: (own) => ({
        ...own,
        async record(request: RecordRequest) {
          const answer = await own.record(request);
          if (slow && request.key === 'open:grade#1') await delay(10_000);
          return answer;
        },
      }),
    });
  });
  after(() => cases.close());

  it('does not refuse who acts on the task that he sees', async () => {
    const id = await cases.open();
    slow = true;
    const begun = Date.now();
    await cases.done(id, people.handler, 'verify#1', 'founded');
    await cases.until(id, ({ tasks }) => tasks['grade#1']?.status === 'open');
    await delay(begun + 7500 - Date.now());
    await cases.act(id, people.handler, { type: 'comment', task: 'grade#1', text: '已看到，正在办理' });
    expect((await cases.state(id)).tasks['grade#1']!.comments).to.equal(1);
  });

  it('refuses at once what the file itself refuses', async () => {
    slow = false;
    const id = await cases.open();
    const begun = Date.now();
    expect(await cases.refused(id, people.handler, { type: 'comment', task: 'grade#1', text: '还没有这一步' })).to.deep.equal({ key: 'refused.noSuchTask' });
    expect(Date.now() - begun).to.be.lessThan(5000);
  });
});

import { expect } from 'chai';
import { people } from '../support/people.ts';
import { closedLongAgo } from './paths.ts';
import { quickDays, startCases, type RunningCases } from './running.ts';

const dayMs = 1000;

describe('time: days that last a second', () => {
  let cases: RunningCases;
  /** Left alone, claimed, done at once: time passes over all three together. */
  let late: string;
  let claimed: string;
  let quick: string;
  before(async function () {
    this.timeout(60_000);
    cases = await startCases({ dayMs });
    [late, claimed, quick] = await Promise.all([cases.open(), cases.open(), cases.open()]);
    await cases.act(claimed, people.handler, { type: 'claim', task: 'verify#1' });
    await cases.done(quick, people.handler, 'verify#1', 'unfounded');
    await cases.until(late, ({ tasks }) => tasks['verify#1']!.rungs.length === 4, 15_000);
  });
  after(() => cases.close());

  const rungsOf = async (caseId: string) => (await cases.events(caseId)).filter(({ what }) => what.type === 'task.rung');
  const remindersOf = (caseId: string) =>
    cases.knex('mail').where({ case_id: caseId }).whereIn('template', ['reminder', 'due', 'overdue']).orderBy(['event_seq', 'recipient']).select('template', 'recipient');

  it('reminder, due, the head, the supervisors: each rung once, in order, not before its time', async () => {
    const rungs = await rungsOf(late);
    expect(rungs.map(({ what }) => (what.type === 'task.rung' ? what.rung : ''))).to.deep.equal(['soon', 'due', 'head', 'supervisor']);
    const { soon, due, head, supervisor } = (await cases.state(late)).tasks['verify#1']!.deadline!.ladder;
    for (const [n, at] of [soon!, due, head, supervisor].entries()) {
      expect(rungs[n]!.at >= at).to.equal(true);
      expect(rungs[n]!.actor).to.equal(null);
    }
  });

  it('each rung has its letter: to the unit, then to its heads, then to the supervisors', async () => {
    expect((await remindersOf(late)).map(({ template, recipient }: { template: string; recipient: string }) => [template, recipient])).to.deep.equal([
      ['reminder', 'xyb@unit.example'],
      ['due', 'xyb@unit.example'],
      // The office has three heads.
      ['overdue', 'xyb.both@person.example'],
      ['overdue', 'xyb.deputy@person.example'],
      ['overdue', 'xyb.leader@person.example'],
      ['overdue', 'xyb.supervisor@person.example'],
    ]);
  });

  it('a task that is done late is late, and rung no more', async () => {
    await cases.done(late, people.handler, 'verify#1', 'unfounded');
    const { tasks } = await cases.until(late, ({ closings }) => closings.length === 1);
    expect(tasks['verify#1']?.late).to.equal(true);
    expect(await rungsOf(late)).to.have.length(4);
  });

  it('the one who has claimed the task is reminded himself', async () => {
    expect((await remindersOf(claimed))[0]).to.deep.equal({ template: 'reminder', recipient: 'xyb.handler@person.example' });
  });

  it('what is done in time is not rung at all', async () => {
    expect(await rungsOf(quick)).to.deep.equal([]);
    expect((await cases.state(quick)).tasks['verify#1']?.late).to.equal(false);
  });
});

describe('time: a term that ends, a window that closes', () => {
  let cases: RunningCases;
  before(async function () {
    this.timeout(60_000);
    cases = await startCases({ dayMs });
  });
  after(() => cases.close());

  it('a disclosure ends with its term by the clock, a closed case rests, and reopening it is refused', async function () {
    this.timeout(30_000);
    // Now is 31 January of the quick calendar; everything happened on Thursday 1 January, published for a month.
    await quickDays(cases.knex, dayMs, 2, Date.now() - 30 * dayMs);
    const id = await closedLongAgo(cases, 29_800);
    expect((await cases.state(id)).disclosures[0]).to.deep.include({ status: 'published' });
    const { seq } = await cases.state(id);
    await cases.gateway.takeUp('incident', id);
    const ended = await cases.until(id, ({ disclosures }) => disclosures[0]!.status === 'ended', 8000);
    expect(ended.disclosures[0]!.changedAt >= ended.disclosures[0]!.until).to.equal(true);
    expect((await cases.events(id)).slice(seq).map(({ what }) => what.type), 'nothing else was done again').to.deep.equal(['disclosure.ended']);
    await cases.handle(id).result();
    expect((await cases.refused(id, people.supervisor, { type: 'reopen', reason: '' })).key).to.equal('refused.reopenOver');
    expect(await cases.knex('case_file').where({ id }).first('live')).to.deep.equal({ live: false });
    expect(await cases.knex('mail').where({ case_id: id, template: 'reminder' }), 'nobody is told of what is past').to.deep.equal([]);
  });
});

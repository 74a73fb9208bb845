import { expect } from 'chai';
import { newIncident } from '../support/cases.ts';
import { people } from '../support/people.ts';
import { closed, follow, paths, shortWay, upTo } from './paths.ts';
import { startCases, type RunningCases } from './running.ts';

describe('taking up: a process finds its place in any file', () => {
  let cases: RunningCases;
  before(async function () {
    this.timeout(60_000);
    cases = await startCases();
  });
  after(() => cases.close());

  /** Ends the run as if Temporal had lost it, starts another on the file, and waits until that one has read it. */
  async function lostAndTakenUp(id: string): Promise<void> {
    await cases.handle(id).terminate('lost');
    await cases.gateway.takeUp('incident', id);
    await cases.gateway.open(id, newIncident());
  }

  it('at every stage: the same state, no new event, and the next act goes on from there', async function () {
    this.timeout(60_000);
    const id = await cases.open();
    for (const [by, task, outcome, form] of shortWay) {
      await cases.until(id, ({ tasks }) => tasks[task]?.status === 'open');
      const before = await cases.state(id);
      await lostAndTakenUp(id);
      expect(await cases.state(id), `at ${task}`).to.deep.equal(before);
      await cases.done(id, by, task, outcome, form);
    }
    await closed(cases, id);
    await lostAndTakenUp(id);
    const { closings, disclosures } = await cases.state(id);
    expect(closings).to.have.length(1);
    expect(disclosures).to.have.length(1);
  });

  it('with parts, statement, extension and order open beside each other', async () => {
    const id = await upTo(cases, 'grade#1');
    await cases.done(id, people.handler, 'grade#1', 'graded');
    await cases.done(id, people.handler, 'assign#1', 'assigned');
    await cases.act(id, people.supervisor, { type: 'supervise', task: 'statement#1', text: '请抓紧' });
    await cases.act(id, people.publicity, { type: 'requestExtension', task: 'statement#1', days: 1, reason: '' });
    await cases.done(id, people.market, 'acknowledge:scjg#1', 'acknowledged');
    const before = await cases.opened(id, 'statement#1', 'acknowledge:hbj#1', 'supervision:statement#1#1', 'extension:statement#1#1');
    await lostAndTakenUp(id);
    expect(await cases.state(id)).to.deep.equal(before);
    await follow(cases, id, [
      [people.supervisor, 'extension:statement#1#1', 'granted', {}],
      [people.publicity, 'supervision:statement#1#1', 'answered', {}],
      [people.publicity, 'statement#1', 'published'],
      [people.ecology, 'acknowledge:hbj#1', 'acknowledged'],
    ]);
    await cases.opened(id, 'first-report#1', 'handle:scjg.1#1', 'handle:hbj.2#1');
  });

  it('in a later round, and after a reopening', async () => {
    for (const path of [paths.assignmentReturned, paths.opinionSentBack, paths.reopenedAfterClosing, paths.unfoundedThenReopened]) {
      const id = await path(cases);
      const before = await cases.state(id);
      await lostAndTakenUp(id);
      expect(await cases.state(id)).to.deep.equal(before);
    }
  });

  it('a process that runs already is left alone', async () => {
    const id = await cases.open();
    const { runId } = await cases.handle(id).describe();
    await cases.gateway.takeUp('incident', id);
    expect((await cases.handle(id).describe()).runId).to.equal(runId);
  });

  it('a mail that was queued and never handed over is delivered by the next run, once', async () => {
    const id = await cases.open();
    await cases.until(id, ({ seq }) => seq > 1);
    const sent = async (): Promise<string[]> => cases.knex('mail').where({ case_id: id, status: 'sent' }).pluck('id');
    const end = Date.now() + 8000;
    while ((await sent()).length === 0 && Date.now() < end) await new Promise((resolve) => setTimeout(resolve, 20));
    const [mail] = await sent();
    // As a run that was lost between the record and the delivery leaves it.
    await cases.handle(id).terminate('lost');
    await cases.knex('mail').where({ id: mail }).update({ status: 'queued', sent_at: null, claimed_by: null, claimed_at: null, handed_at: null });
    await lostTwice(id);
    while ((await sent()).length === 0 && Date.now() < end) await new Promise((resolve) => setTimeout(resolve, 20));
    expect(await cases.knex('mail').where({ id: mail }).first('status', 'attempts')).to.deep.equal({ status: 'sent', attempts: 2 });
    expect(await cases.knex('mail').where({ case_id: id })).to.have.length(1);
  });

  async function lostTwice(id: string): Promise<void> {
    await cases.gateway.takeUp('incident', id);
    await cases.gateway.takeUp('incident', id);
  }
});

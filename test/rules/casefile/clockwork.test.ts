import { expect } from 'chai';
import { nextRing } from '../../../src/rules/casefile/clockwork.ts';
import { command, forms, runningIncident } from '../../support/cases.ts';
import { testLaw } from '../../support/law.ts';
import { people } from '../../support/people.ts';

// A Monday; a term of one working day ends with Tuesday.
const start = '2026-01-05T01:00:00.000Z';
const beforeSoon = '2026-01-05T23:00:00.000Z';

describe('clockwork: the next thing that time brings', () => {
  it('rings every rung of the ladder once, in order, and nothing after the last', async () => {
    const file = await runningIncident(testLaw(), start);
    const rung: string[] = [];
    for (let ring = nextRing(file.state); ring; ring = nextRing(file.state)) {
      rung.push(ring.key);
      await file.pass(ring.at);
    }
    expect(rung).to.deep.equal(['soon', 'due', 'head', 'supervisor'].map((name) => `rung:verify#1:1:${name}`));
    expect(file.state.tasks['verify#1']?.rungs).to.deep.equal(['1:soon', '1:due', '1:head', '1:supervisor']);
  });

  it('an instant before the ring nothing has happened, at the instant it has', async () => {
    const file = await runningIncident(testLaw(), start);
    const { at } = nextRing(file.state)!;
    await file.pass(new Date(Date.parse(at) - 1).toISOString());
    expect(file.state.tasks['verify#1']?.rungs).to.deep.equal([]);
    await file.pass(at);
    expect(file.state.tasks['verify#1']?.rungs).to.deep.equal(['1:soon']);
  });

  it('a task that is done rings no more', async () => {
    const file = await runningIncident(testLaw(), start);
    await file.pass(beforeSoon);
    await file.done(people.handler, 'verify#1', 'unfounded');
    expect(nextRing(file.state)).to.equal(null);
  });

  it('a new deadline has a ladder of its own: an extended task is reminded again', async () => {
    const file = await runningIncident(testLaw(), start);
    await file.pass(file.state.tasks['verify#1']!.deadline!.ladder.soon!);
    await file.act(command(people.handler, { type: 'requestExtension', task: 'verify#1', days: 3, reason: '' }));
    await file.done(people.supervisor, 'extension:verify#1#1', 'granted', {});
    const task = file.state.tasks['verify#1']!;
    expect(nextRing(file.state)?.key).to.equal('rung:verify#1:2:soon');
    expect(nextRing(file.state)?.at).to.equal(task.deadline?.ladder.soon);
    expect(task.rungs).to.deep.equal(['1:soon']);
  });

  it('of several open tasks the earliest ring is next', async () => {
    const file = await runningIncident(testLaw({ value: { 'incident.first-report': 1, 'incident.handle': 5 } }), start);
    await file.done(people.handler, 'verify#1', 'founded');
    await file.done(people.handler, 'grade#1', 'graded', { ...forms.grade, level: 'general' });
    await file.done(people.handler, 'assign#1', 'assigned');
    await file.done(people.market, 'acknowledge:scjg#1', 'acknowledged');
    await file.done(people.ecology, 'acknowledge:hbj#1', 'acknowledged');
    expect(nextRing(file.state)?.key).to.equal('rung:first-report#1:1:soon');
  });

  it('a process that comes back late rings everything that was missed, one after the other', async () => {
    const file = await runningIncident(testLaw(), start);
    await file.pass('2026-03-01T00:00:00.000Z');
    expect(file.state.tasks['verify#1']?.rungs).to.have.length(4);
  });
});

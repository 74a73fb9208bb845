import { expect } from 'chai';
import type { CaseEvent, Happening } from '../../../src/rules/casefile/events.ts';
import { apply, blankCase, disclosureOf, fold, isClosed, openTasks, taskOf } from '../../../src/rules/casefile/fold.ts';
import type { Actor, CaseState } from '../../../src/rules/casefile/types.ts';
import { command, runningIncident } from '../../support/cases.ts';
import { testLaw } from '../../support/law.ts';
import { people } from '../../support/people.ts';

const start = '2026-01-05T01:00:00.000Z';
const later = '2026-01-07T01:00:00.000Z';
const actor: Actor = { person: people.handler.id, name: people.handler.name, unit: 'xyb' };

function event(state: CaseState, what: Happening, change: Partial<CaseEvent> = {}): CaseEvent {
  return { seq: state.seq + 1, at: start, recordedAt: start, actor, command: null, what, ...change };
}

async function begun(): Promise<CaseState> {
  return (await runningIncident(testLaw(), start)).state;
}

describe('fold: the state is what the events say', () => {
  it('the whole file folded at once is the state that grew event by event', async () => {
    const file = await runningIncident(testLaw(), start);
    await file.act(command(people.handler, { type: 'claim', task: 'verify#1' }));
    await file.pass('2026-01-06T00:00:00.000Z');
    await file.done(people.handler, 'verify#1', 'founded');
    expect(fold(file.state.id, file.events)).to.deep.equal(file.state);
  });

  it('comes back from JSON as it went in, in the same order of keys', async () => {
    const state = await begun();
    const text = JSON.stringify(state);
    expect(JSON.parse(text)).to.deep.equal(state);
    expect(JSON.stringify(JSON.parse(text))).to.equal(text);
  });

  it('an event that is missing, or comes twice, is an error and changes nothing', async () => {
    const state = await begun();
    const text = JSON.stringify(state);
    const comment: Happening = { type: 'task.commented', task: 'verify#1', text: '' };
    expect(() => apply(state, event(state, comment, { seq: state.seq + 2 }))).to.throw(/does not follow/u);
    expect(() => apply(state, event(state, comment, { seq: state.seq }))).to.throw(/does not follow/u);
    expect(JSON.stringify(state)).to.equal(text);
  });

  it('a task or disclosure that was never opened is an error', async () => {
    const state = await begun();
    expect(() => taskOf(state, 'grade#1')).to.throw(/no task grade#1/u);
    expect(() => disclosureOf(state, 'release#1')).to.throw(/no disclosure release#1/u);
    expect(() => apply(state, event(state, { type: 'task.urged', task: 'grade#1', text: '' }))).to.throw(/no task grade#1/u);
  });

  it('remembers the last hundred commands, each once however many events it left', () => {
    const state = blankCase('c');
    const what: Happening = { type: 'case.commented', text: '' };
    for (let n = 0; n < 110; n += 1) {
      apply(state, event(state, what, { command: `c${n}` }));
      apply(state, event(state, what, { command: `c${n}` }));
    }
    expect(state.commands).to.have.length(100);
    expect(state.commands[0]).to.equal('c10');
    expect(state.commands.at(-1)).to.equal('c109');
  });

  it('what changes who may do a task, or by when, is a new version of it; a comment is none', async () => {
    const state = await begun();
    const task = taskOf(state, 'verify#1');
    const versionAfter = (what: Happening): number => {
      apply(state, event(state, what));
      return task.version;
    };
    const opened = task.version;
    expect(versionAfter({ type: 'task.commented', task: task.id, text: '' })).to.equal(opened);
    expect(versionAfter({ type: 'task.attached', task: task.id, files: [] })).to.equal(opened);
    expect(versionAfter({ type: 'task.urged', task: task.id, text: '' })).to.equal(opened);
    expect(versionAfter({ type: 'task.rung', task: task.id, rung: 'soon', version: 1 })).to.equal(opened);
    expect(versionAfter({ type: 'task.claimed', task: task.id })).to.equal(state.seq);
    expect(versionAfter({ type: 'task.released', task: task.id, reason: '' })).to.equal(state.seq);
    expect(versionAfter({ type: 'task.reassigned', task: task.id, to: { person: actor.person, name: '' }, reason: '' })).to.equal(state.seq);
    expect(versionAfter({ type: 'deadline.recomputed', task: task.id, deadline: task.deadline! })).to.equal(state.seq);
    expect(versionAfter({ type: 'task.completed', task: task.id, outcome: 'founded', form: {} })).to.equal(state.seq);
  });

  it('late is decided when a task is done, by its deadline then, and stays', async () => {
    const state = await begun();
    const task = taskOf(state, 'verify#1');
    const { deadline } = task;
    apply(state, event(state, { type: 'task.completed', task: task.id, outcome: 'founded', form: {} }, { at: later }));
    expect(task.late).to.equal(true);
    apply(state, event(state, { type: 'deadline.recomputed', task: task.id, deadline: { ...deadline!, at: '2026-02-01T00:00:00.000Z' } }));
    apply(state, event(state, { type: 'extension.decided', task: task.id, granted: true, deadline: { ...deadline!, at: '2026-02-01T00:00:00.000Z' } }));
    expect(task.late).to.equal(true);
    expect(task.deadline, 'the deadline of a done task does not move any more').to.deep.equal(deadline);
  });

  it('a task done in the very instant of its deadline is in time', async () => {
    const state = await begun();
    const task = taskOf(state, 'verify#1');
    apply(state, event(state, { type: 'task.completed', task: task.id, outcome: 'founded', form: {} }, { at: task.deadline!.at }));
    expect(task.late).to.equal(false);
  });

  it('a case is closed until it is reopened, as often as that is', async () => {
    const state = await begun();
    const close: Happening = { type: 'case.closed', outcome: 'unfounded', summary: '', reopenUntil: later };
    expect(isClosed(state)).to.equal(false);
    for (let n = 1; n <= 2; n += 1) {
      apply(state, event(state, close));
      expect(isClosed(state)).to.equal(true);
      apply(state, event(state, { type: 'case.reopened', reason: '新线索' }));
      expect(isClosed(state)).to.equal(false);
      expect(state.closings).to.have.length(n);
      expect(state.closings[n - 1]?.reopened).to.deep.equal({ at: start, by: actor, reason: '新线索' });
    }
  });

  it('open tasks come in the order in which they were opened, and are numbered so', async () => {
    const file = await runningIncident(testLaw(), start);
    await file.act(command(people.supervisor, { type: 'supervise', task: 'verify#1', text: '' }));
    await file.act(command(people.handler, { type: 'requestExtension', task: 'verify#1', days: 1, reason: '' }));
    expect(openTasks(file.state).map(({ id, number }) => [id, number])).to.deep.equal([
      ['verify#1', 1],
      ['supervision:verify#1#1', 2],
      ['extension:verify#1#1', 3],
    ]);
  });
});

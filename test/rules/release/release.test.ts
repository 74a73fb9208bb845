import { expect } from 'chai';
import { creditOfficeOf, may, partiesOf } from '../../../src/rules/casefile/acts.ts';
import type { ReleaseCause } from '../../../src/rules/release/facts.ts';
import { releaseRow } from '../../../src/rules/release/rows.ts';
import { command, complete, newRelease, runningCase, taskIds, type MemoryCase } from '../../support/cases.ts';
import { testLaw } from '../../support/law.ts';
import { people } from '../../support/people.ts';

const monday = '2026-01-05T01:00:00.000Z';
const told = (cause: ReleaseCause = 'ended'): Promise<MemoryCase> => runningCase(testLaw(), monday, newRelease(['hbj', 'zx'], { cause }));
const released = ({ events }: MemoryCase) => events.flatMap(({ what }) => (what.type === 'records.changed' ? what.changes.map(({ draft }) => draft) : []));

describe('release orders: the procedure', () => {
  it('every unit that used the record has a task with a deadline; the unit that made it is told and has none', async () => {
    const file = await told();
    expect(taskIds(file.state)).to.deep.equal(['release:hbj#1', 'release:zx#1']);
    for (const task of Object.values(file.state.tasks)) expect(task.deadline).to.deep.include({ rule: 'release.release' });
    expect([...partiesOf(file.state)].toSorted()).to.deep.equal(['hbj', 'scjg', 'xyb', 'zx']);
    expect(creditOfficeOf(file.state)).to.equal('xyb');
    expect(releaseRow(file.state)).to.deep.include({ cause: 'ended', unit: 'scjg', status: 'open' });
  });

  it('the answer of a unit and its release are one transaction; the case ends with the last answer, for good', async () => {
    const file = await told();
    await file.done(people.ecology, 'release:hbj#1', 'released');
    const [answer, release] = file.events.slice(-2).map(({ what }) => what);
    expect([answer?.type, release?.type]).to.deep.equal(['task.completed', 'records.changed']);
    expect(file.ends.at(-1)! - file.ends.at(-2)!, 'recorded together').to.equal(2);
    expect(released(file)).to.deep.equal([{ type: 'record.released', unit: 'hbj', because: file.state.id }]);
    await file.done(people.publicity, 'release:zx#1', 'nothingApplied');
    expect(released(file)).to.have.length(2);
    expect(file.state.closings[0]).to.deep.include({ outcome: 'answered' });
    expect(may('reopen', people.supervisor, file.state, {}, file.now)).to.deep.include({ reason: { key: 'refused.closedForGood' } });
  });

  it('situations 16 and 17: a measure that rests keeps its unit in the record; one that is lifted does not', async () => {
    const file = await told('shielded');
    expect(taskIds(file.state)).to.deep.equal(['suspend:hbj#1', 'suspend:zx#1']);
    await file.done(people.ecology, 'suspend:hbj#1', 'suspended');
    expect(released(file)).to.deep.equal([]);
    await file.done(people.publicity, 'suspend:zx#1', 'released');
    expect(released(file)).to.deep.equal([{ type: 'record.released', unit: 'zx', because: file.state.id }]);
  });

  it('shown again: each unit says whether its measure is taken up', async () => {
    const file = await told('shownAgain');
    await file.done(people.ecology, 'resume:hbj#1', 'resumed');
    await file.done(people.publicity, 'resume:zx#1', 'released');
    expect(released(file)).to.deep.equal([{ type: 'record.released', unit: 'zx', because: file.state.id }]);
  });

  it('situation 24: of a frozen subject units are only told', async () => {
    const file = await told('frozen');
    await file.done(people.ecology, 'note:hbj#1', 'noted');
    await file.done(people.publicity, 'note:zx#1', 'noted');
    expect(released(file)).to.deep.equal([]);
    expect(file.state.closings).to.have.length(1);
  });

  it('another unit does not answer for it, and a late one is reported to its head and to supervision', async () => {
    const file = await told();
    expect(await file.act(command(people.market, complete('release:hbj#1', 'released')))).to.deep.equal({ key: 'refused.noStanding.complete' });
    await file.pass('2026-01-20T09:00:00.000Z');
    expect(file.state.tasks['release:hbj#1']?.rungs).to.deep.equal(['1:soon', '1:due', '1:head', '1:supervisor']);
  });
});

import { expect } from 'chai';
import { takedownRow } from '../../../src/rules/takedown/rows.ts';
import { command, newTakedown, runningCase, taskIds } from '../../support/cases.ts';
import { testLaw } from '../../support/law.ts';
import { people } from '../../support/people.ts';

/** The law of the tests gives an hour. */
const monday = '2026-01-05T02:00:00.000Z';

describe('an emergency take-down', () => {
  it('waits for the head of the credit office within the day, and never for who took the text off', async () => {
    const file = await runningCase(testLaw(), monday, newTakedown());
    expect(taskIds(file.state)).to.deep.equal(['decide#1']);
    expect(file.state.tasks['decide#1']).to.deep.include({ audience: { unit: 'xyb', role: 'creditOfficeHead' }, excluded: [{ person: people.handler.id, because: 'takedown' }] });
    expect(file.state.tasks['decide#1']?.deadline).to.deep.include({ rule: 'takedown.decide', at: '2026-01-05T03:00:00.000Z' });
    expect(takedownRow(file.state)).to.deep.include({ kind: 'record', verdict: null, status: 'open' });
  });

  it('put back is over for good; what stays off may be looked at once more', async () => {
    const back = await runningCase(testLaw(), monday, newTakedown());
    await back.done(people.officeHead, 'decide#1', 'putBack');
    expect(takedownRow(back.state)).to.deep.include({ verdict: 'putBack', status: 'closed', outcome: 'putBack' });
    const off = await runningCase(testLaw(), monday, newTakedown());
    await off.done(people.officeHead, 'decide#1', 'staysOff');
    expect(takedownRow(off.state)).to.deep.include({ verdict: 'staysOff', status: 'closed' });
    await off.act(command(people.supervisor, { type: 'reopen', reason: '内容已核实。' }));
    expect(taskIds(off.state)).to.include('decide#2');
    expect(takedownRow(off.state), 'still off').to.deep.include({ verdict: 'staysOff', status: 'open' });
  });
});

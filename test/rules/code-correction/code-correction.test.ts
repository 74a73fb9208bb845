import { expect } from 'chai';
import { creditOfficeOf, may, partiesOf } from '../../../src/rules/casefile/acts.ts';
import { codeCorrectionRow, codeCorrectionSubjectRows } from '../../../src/rules/code-correction/rows.ts';
import { codeCorrectionForms, command, complete, newCodeCorrection, runningCase, taskIds, type MemoryCase } from '../../support/cases.ts';
import { testLaw } from '../../support/law.ts';
import { people } from '../../support/people.ts';

const monday = '2026-01-05T01:00:00.000Z';
const found = (): Promise<MemoryCase> => runningCase(testLaw(), monday, newCodeCorrection());
const to = (unit: string) => ({ ...codeCorrectionForms.assign, unit });

describe('situation 24, a code of two living firms: the procedure', () => {
  it('the credit office hands it to the registry within its limit, the registry corrects within its own, and the case ends for good', async () => {
    const file = await found();
    expect(taskIds(file.state)).to.deep.equal(['assign#1']);
    expect(file.state.tasks['assign#1']?.deadline).to.deep.include({ rule: 'codeCorrection.assign' });
    expect(codeCorrectionRow(file.state)).to.deep.include({ step: 'assign', unit: 'xyb', uscc: '91321300MA1TE8T08T', status: 'open' });
    expect(codeCorrectionSubjectRows(file.state).map(({ name }) => name)).to.deep.equal(['宿迁某食品有限公司', '宿迁别家商贸有限公司']);
    await file.done(people.handler, 'assign#1', 'assigned');
    expect(file.state.tasks['correct#1']?.deadline).to.deep.include({ rule: 'codeCorrection.correct' });
    expect(codeCorrectionRow(file.state)).to.deep.include({ step: 'correct', unit: 'scjg' });
    await file.done(people.market, 'correct#1', 'corrected');
    expect(file.state.closings[0]).to.deep.include({ outcome: 'corrected', summary: codeCorrectionForms.correct.finding });
    expect(may('reopen', people.supervisor, file.state, {}, file.now)).to.deep.include({ reason: { key: 'refused.closedForGood' } });
    expect([...partiesOf(file.state)].toSorted((a, b) => (a < b ? -1 : 1))).to.deep.equal(['scjg', 'xyb']);
    expect(creditOfficeOf(file.state)).to.equal('xyb');
  });

  it('a unit that does not register such firms gives it back, and it is handed to another', async () => {
    const file = await found();
    await file.done(people.handler, 'assign#1', 'assigned', to('hbj'));
    await file.done(people.ecology, 'correct#1', 'returned', { finding: '不由我局登记。' });
    expect(file.state.tasks['assign#2']?.brief).to.deep.equal({ returned: 'correct#1' });
    await file.done(people.handler, 'assign#2', 'assigned', to('scjg'));
    await file.done(people.market, 'correct#2', 'corrected');
    expect(file.state.closings).to.have.length(1);
  });

  it('what was mended elsewhere is closed by whoever has it', async () => {
    const atOffice = await found();
    await atOffice.done(people.handler, 'assign#1', 'settled', { unit: null, note: '另一家已注销。' });
    const atRegistry = await found();
    await atRegistry.done(people.handler, 'assign#1', 'assigned');
    await atRegistry.done(people.market, 'correct#1', 'settled', { finding: '信用办已更正。' });
    expect([atOffice, atRegistry].map(({ state }) => state.closings[0]?.outcome)).to.deep.equal(['settled', 'settled']);
  });

  it('another unit does not correct for it, and a late one is reported to its head and to supervision', async () => {
    const file = await found();
    await file.done(people.handler, 'assign#1', 'assigned');
    expect(await file.act(command(people.ecology, complete('correct#1', 'corrected')))).to.deep.equal({ key: 'refused.noStanding.complete' });
    await file.pass('2026-01-30T09:00:00.000Z');
    expect(file.state.tasks['correct#1']?.rungs).to.deep.equal(['1:soon', '1:due', '1:head', '1:supervisor']);
  });
});

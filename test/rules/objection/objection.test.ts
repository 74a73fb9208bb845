import { randomUUID } from 'node:crypto';
import { expect } from 'chai';
import { may } from '../../../src/rules/casefile/acts.ts';
import { joinerRows } from '../../../src/rules/casefile/rows.ts';
import type { RecordDraft } from '../../../src/rules/records/changes.ts';
import { objectionRow } from '../../../src/rules/objection/rows.ts';
import { applicant, command, complete, newObjection, runningCase, secondApplicant, taskIds, type MemoryCase } from '../../support/cases.ts';
import { testLaw } from '../../support/law.ts';
import { people } from '../../support/people.ts';

const threeMonths = testLaw({ value: { 'objection.correction-notice': 3 } });
const monday = '2026-01-05T01:00:00.000Z';
const changes = (file: MemoryCase): RecordDraft[] => file.events.flatMap(({ what }) => (what.type === 'records.changed' ? what.changes.map(({ draft }) => draft) : []));

async function decided(outcome: string, users: readonly string[] = []): Promise<MemoryCase> {
  const file = await runningCase(threeMonths, monday, newObjection(), users);
  await file.done(people.handler, 'screen#1', 'forwarded');
  await file.done(people.market, 'verify#1', outcome);
  await file.done(people.marketHead, 'decide#1', 'agreed');
  return file;
}

describe('objection: the procedure', () => {
  it('the record is marked before anybody looks at it', async () => {
    const file = await runningCase(testLaw(), monday, newObjection());
    expect(changes(file)).to.deep.equal([{ type: 'record.marked', mark: 'objection', because: file.state.id }]);
    expect(taskIds(file.state)).to.deep.equal(['screen#1']);
    expect(file.state.tasks['screen#1']?.audience).to.deep.equal({ unit: 'xyb', role: 'handler' });
  });

  it('the credit office checks what it can see for itself; else the unit that made the record', async () => {
    const own = await runningCase(testLaw(), monday, newObjection());
    await own.done(people.handler, 'screen#1', 'own');
    expect(own.state.tasks['verify#1']?.audience.unit).to.equal('xyb');
    const forwarded = await runningCase(testLaw(), monday, newObjection());
    await forwarded.done(people.handler, 'screen#1', 'forwarded');
    expect(forwarded.state.tasks['verify#1']?.audience.unit).to.equal('scjg');
  });

  it('who checked does not decide, and what is sent back is checked again with the remark', async () => {
    const file = await runningCase(testLaw(), monday, newObjection());
    await file.done(people.handler, 'screen#1', 'forwarded');
    await file.done(people.marketBoth, 'verify#1', 'rejected');
    expect(await file.act(command(people.marketBoth, complete('decide#1', 'agreed')))).to.deep.equal({ key: 'refused.fourEyes.verify' });
    await file.done(people.marketHead, 'decide#1', 'sentBack', { reason: '请附案卷' });
    expect(file.state.tasks['verify#2']?.brief).to.deep.equal({ remarks: ['请附案卷'] });
  });

  it('rejected: the mark goes, no error is counted; supervision may have it looked at again, and it is marked again', async () => {
    const file = await decided('rejected', ['hbj']);
    expect(changes(file).at(-1)).to.deep.include({ type: 'record.unmarked', result: 'rejected' });
    expect(file.state.closings[0]).to.deep.include({ outcome: 'rejected' });
    expect(objectionRow(file.state)).to.deep.include({ outcome: 'rejected', fault_of: null });
    await file.act(command(people.supervisor, { type: 'reopen', reason: '有新证据' }));
    expect(changes(file).at(-1)).to.deep.include({ type: 'record.marked' });
    expect(taskIds(file.state)).to.deep.equal(['screen#2']);
  });

  it('upheld, to be corrected: the unit corrects, the mark goes, every unit that used the record acknowledges, the error is counted', async () => {
    const file = await decided('upheldCorrect', ['hbj', 'zx']);
    expect(taskIds(file.state)).to.deep.equal(['correct#1']);
    expect(objectionRow(file.state)['fault_of']).to.equal('scjg');
    await file.done(people.market, 'correct#1', 'corrected');
    expect(changes(file).at(-1)).to.deep.include({ type: 'record.unmarked', result: 'corrected' });
    expect(taskIds(file.state)).to.deep.equal(['acknowledge-correction:hbj#1', 'acknowledge-correction:zx#1']);
    await file.done(people.ecology, 'acknowledge-correction:hbj#1', 'acknowledged');
    await file.done(people.publicity, 'acknowledge-correction:zx#1', 'acknowledged');
    expect(file.state.closings[0]).to.deep.include({ outcome: 'upheldCorrect' });
  });

  it('upheld, to be removed: the record is withdrawn with the reason, and each unit is released as it acknowledges', async () => {
    const file = await decided('upheldRemove', ['hbj']);
    expect(changes(file).slice(1)).to.deep.equal([
      { type: 'record.unmarked', mark: 'objection', because: file.state.id, result: 'removed' },
      { type: 'record.withdrawn', because: file.state.id, reason: '经核对案卷，公示金额有误。' },
    ]);
    await file.done(people.ecology, 'acknowledge-correction:hbj#1', 'acknowledged');
    expect(changes(file).at(-1)).to.deep.equal({ type: 'record.released', unit: 'hbj', because: file.state.id });
    expect(file.state.closings[0]).to.deep.include({ outcome: 'upheldRemove' });
    expect(may('reopen', people.supervisor, file.state, {}, file.now)).to.deep.include({ reason: { key: 'refused.closedForGood' } });
  });

  it('upheld, everybody is told what was corrected and why, in the same transaction and for the term of the rule', async () => {
    const file = await decided('upheldCorrect');
    await file.done(people.market, 'correct#1', 'corrected');
    const told = file.events.findIndex(({ what }) => what.type === 'correction.published');
    expect(file.events[told + 1]?.what).to.deep.include({ type: 'records.changed', step: 'unmarked' });
    expect(file.state.corrections).to.have.length(1);
    expect(file.state.corrections?.[0]).to.deep.include({ what: 'corrected', text: '罚款金额更正为 2000 元。', reason: '录入时多写了一个零。', until: '2026-04-05' });
    expect((await decided('upheldRemove')).state.corrections?.[0]).to.deep.include({ what: 'removed', text: '', reason: '经核对案卷，公示金额有误。' });
    const before = await decided('upheldCorrect');
    await before.done(people.market, 'correct#1', 'corrected', { done: '已更正。' });
    expect(before.state.corrections, 'a form of before said nothing to everybody').to.equal(undefined);
  });

  it('a second one on the same facts is merged: he has a part in the case, and cannot come twice (situation 20)', async () => {
    const file = await runningCase(testLaw(), monday, newObjection());
    const form = { channel: 'portal', applicant: { account: secondApplicant.id, masked: '王*', agent: false }, statement: '同上', papers: [] };
    const join = (by: typeof applicant) => command(by, { type: 'join', form, files: [] });
    expect(await file.act(join(secondApplicant))).to.equal(null);
    expect(file.state.joined?.[0]).to.deep.include({ form });
    expect(joinerRows(file.state)).to.have.length(1);
    expect(await file.act(join(secondApplicant))).to.deep.equal({ key: 'refused.noStanding.join' });
    expect(await file.act(join(applicant))).to.deep.equal({ key: 'refused.noStanding.join' });
    expect(taskIds(file.state)).to.deep.equal(['screen#1']);
    // For the other one it goes on.
    expect(await file.act(command(applicant, { type: 'withdraw', reason: '' }))).to.deep.equal({ key: 'refused.notWithdrawable' });
  });

  it('rejected, whoever says the same again is still merged with it; upheld or taken back, nobody is (situation 20)', async () => {
    const form = { applicant: { account: null, masked: '王*', agent: false } };
    const clerk = command(people.stranger, { type: 'join', form, files: [] });
    const rejected = await decided('rejected');
    expect(await rejected.act(clerk)).to.equal(null);
    const upheld = await decided('upheldRemove');
    expect(await upheld.act({ ...clerk, id: randomUUID() })).to.deep.equal({ key: 'refused.notJoinable' });
  });

  it('taken back by whoever objected, the mark goes with it', async () => {
    const file = await runningCase(testLaw(), monday, newObjection());
    await file.act(command(applicant, { type: 'withdraw', reason: '已自行核实' }));
    expect(changes(file).at(-1)).to.deep.include({ type: 'record.unmarked', result: 'withdrawn' });
    expect(file.state.closings[0]).to.deep.include({ outcome: 'withdrawn' });
  });
});

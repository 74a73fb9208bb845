import { expect } from 'chai';
import { processes } from '../../../src/rules/processes.ts';
import { command, complete, forms, newObjection, newRepair, objectionForms, repairForms, runningCase, runningIncident, type MemoryCase } from '../../support/cases.ts';
import type { Acting } from '../../../src/rules/casefile/commands.ts';
import { testLaw } from '../../support/law.ts';
import { people } from '../../support/people.ts';

const start = '2026-01-05T01:00:00.000Z';
const toOpinion: readonly (readonly [Acting, string, string, object?])[] = [
  [people.handler, 'verify#1', 'founded'],
  [people.handler, 'grade#1', 'graded', { ...forms.grade, level: 'general' }],
  [people.handler, 'assign#1', 'assigned', { ...forms.assign, parts: [forms.assign.parts[0]] }],
  [people.market, 'acknowledge:scjg#1', 'acknowledged'],
  [people.market, 'first-report#1', 'reported'],
  [people.market, 'handle:scjg.1#1', 'handled'],
];

async function follow(file: MemoryCase, steps: readonly (readonly [Acting, string, string, object?])[]): Promise<MemoryCase> {
  for (const [by, task, outcome, form] of steps) await file.done(by, task, outcome, ...(form ? [form as Record<string, unknown>] : []));
  return file;
}

const tries = (file: MemoryCase, by: Acting, task: string, outcome: string, form: object = {}) => file.act(command(by, complete(task, outcome, form as Record<string, unknown>)));

describe('four eyes over all rounds (situation 27)', () => {
  it('who drafted an earlier round of an opinion does not approve the colleague\'s next one', async () => {
    const file = await follow(await runningIncident(testLaw(), start), [
      ...toOpinion,
      [people.marketBoth, 'opinion#1', 'drafted'],
      [people.reviewer, 'legal-review#1', 'sentBack', { comment: '依据不准确' }],
      [people.market, 'opinion#2', 'drafted'],
      [people.reviewer, 'legal-review#2', 'agreed'],
    ]);
    expect(await tries(file, people.marketBoth, 'approve#1', 'approved', forms.approve)).to.deep.equal({ key: 'refused.fourEyes.opinion' });
    await file.done(people.marketHead, 'approve#1', 'approved');
  });

  it('who sent it back does not draft it himself: nobody would be left to decide', async () => {
    const file = await follow(await runningIncident(testLaw(), start), [
      ...toOpinion,
      [people.market, 'opinion#1', 'drafted'],
      [people.reviewer, 'legal-review#1', 'agreed'],
      [people.marketBoth, 'approve#1', 'sentBack', { comment: '措施不具体' }],
    ]);
    expect(await tries(file, people.marketBoth, 'opinion#2', 'drafted', forms.opinion)).to.deep.equal({ key: 'refused.fourEyes.approve' });
    await file.done(people.market, 'opinion#2', 'drafted');
  });

  it('a disclosure, a check of an application, an objection, a revocation: the same', async () => {
    const disclosed = await follow(await runningIncident(testLaw(), start), [
      ...toOpinion,
      [people.market, 'opinion#1', 'drafted'],
      [people.reviewer, 'legal-review#1', 'agreed'],
      [people.marketHead, 'approve#1', 'approved'],
      [people.officeBoth, 'disclose#1', 'proposed'],
      [people.officeHead, 'release#1', 'sentBack', { comment: '请隐去姓名' }],
      [people.handler, 'disclose#2', 'proposed'],
    ]);
    expect(await tries(disclosed, people.officeBoth, 'release#2', 'released', forms.release)).to.deep.equal({ key: 'refused.fourEyes.disclose' });

    const repaired = await follow(await runningCase(testLaw(), start, newRepair()), [
      [people.market, 'accept#1', 'accepted'],
      [people.marketBoth, 'check#1', 'checked'],
      [people.marketHead, 'decide#1', 'sentBack', { reason: '请补充核查' }],
      [people.market, 'check#2', 'checked'],
    ]);
    expect(await tries(repaired, people.marketBoth, 'decide#2', 'granted', repairForms.decide)).to.deep.equal({ key: 'refused.fourEyes.check' });

    const objected = await follow(await runningCase(testLaw(), start, newObjection()), [
      [people.handler, 'screen#1', 'own'],
      [people.officeBoth, 'verify#1', 'rejected'],
      [people.officeHead, 'decide#1', 'sentBack', { reason: '请核对案卷' }],
      [people.handler, 'verify#2', 'rejected'],
    ]);
    expect(await tries(objected, people.officeBoth, 'decide#2', 'agreed', objectionForms.decide)).to.deep.equal({ key: 'refused.fourEyes.verify' });
  });

  it('who asked in vain for a withdrawal does not decide on the next one who asks', async () => {
    const file = await follow(await runningIncident(testLaw(), start), [
      ...toOpinion,
      [people.market, 'opinion#1', 'drafted'],
      [people.reviewer, 'legal-review#1', 'agreed'],
      [people.marketHead, 'approve#1', 'approved'],
      [people.handler, 'disclose#1', 'proposed'],
      [people.officeHead, 'release#1', 'released'],
    ]);
    const ask = (by: Acting) => file.act(command(by, { type: 'proposeWithdrawal', disclosure: 'release#1', reason: '事实有误' }));
    await ask(people.officeBoth);
    await file.done(people.officeHead, 'withdrawal:release#1#1', 'kept', { comment: '无误' });
    await ask(people.handler);
    expect(await tries(file, people.officeBoth, 'withdrawal:release#1#2', 'withdrawn', { comment: '' })).to.deep.equal({ key: 'refused.fourEyes.withdrawal' });
  });

  it('is given on both sides of every stage that has another side', () => {
    for (const { kind, stages } of Object.values(processes)) {
      for (const [stage, { apartFrom = [] }] of Object.entries(stages)) {
        for (const other of apartFrom) expect(stages[other]?.apartFrom, `${kind}: ${other} on the other side of ${stage}`).to.include(stage);
      }
    }
  });

  it('and no stage that decides on a proposal is without it: whatever can be sent back has another side', () => {
    const sending = ['sentBack', 'insufficient'];
    for (const { kind, stages } of Object.values(processes)) {
      for (const [stage, { apartFrom = [], outcomes }] of Object.entries(stages)) {
        if (outcomes.some((outcome) => sending.includes(outcome))) expect(apartFrom, `${kind}: ${stage}`).not.to.deep.equal([]);
      }
    }
  });
});

import { expect } from 'chai';
import { may } from '../../../src/rules/casefile/acts.ts';
import { nextRing } from '../../../src/rules/casefile/clockwork.ts';
import { isClosed } from '../../../src/rules/casefile/fold.ts';
import { partiesOf } from '../../../src/rules/casefile/parties.ts';
import type { Form } from '../../../src/rules/casefile/types.ts';
import type { RecordDraft } from '../../../src/rules/records/changes.ts';
import { defenceOf, falsePapersFacts, repairLaw, repairOpeningOf, repairUnit } from '../../../src/rules/repair/facts.ts';
import { repairRow } from '../../../src/rules/repair/rows.ts';
import { applicant, command, complete, MemoryCase, newRepair, repairForms, runningCase, taskIds } from '../../support/cases.ts';
import { testLaw } from '../../support/law.ts';
import { people } from '../../support/people.ts';

const monday = '2026-01-05T01:00:00.000Z';
const law = testLaw({ value: { 'repair.accept': 3, 'repair.supplement': 5, 'repair.decide': 10, 'repair.ban-after-false': 36 } });

const at = (day: number): string => `2026-01-${String(day).padStart(2, '0')}T01:00:00.000Z`;
const changes = (file: MemoryCase): RecordDraft[] => file.events.flatMap(({ what }) => (what.type === 'records.changed' ? what.changes.map(({ draft }) => draft) : []));

async function accepted(users: readonly string[] = []): Promise<MemoryCase> {
  const file = await runningCase(law, monday, newRepair(), users);
  await file.done(people.market, 'accept#1', 'accepted');
  return file;
}

async function granted(users: readonly string[]): Promise<MemoryCase> {
  const file = await accepted(users);
  await file.done(people.market, 'check#1', 'checked');
  await file.done(people.marketHead, 'decide#1', 'granted');
  return file;
}

async function closed(): Promise<MemoryCase> {
  const file = await granted([]);
  await file.done(people.handler, 'follow-up#1', 'gone');
  return file;
}

describe('repair: acceptance', () => {
  it('is the move of the unit that made the record, within three working days', async () => {
    const { state } = await runningCase(law, monday, newRepair());
    expect(state.tasks['accept#1']).to.deep.include({ audience: { unit: 'scjg', role: 'handler' } });
    expect(state.tasks['accept#1']?.deadline).to.deep.include({ rule: 'repair.accept', date: '2026-01-08' });
  });

  it('asks for papers once; the clock waits for the applicant and goes on with the days that were left', async () => {
    const file = await runningCase(law, monday, newRepair());
    await file.pass(at(6));
    await file.done(people.market, 'accept#1', 'supplement', { ...repairForms.accept, missing: ['缴款凭证'] });
    expect(file.state.tasks['supplement#1']).to.deep.include({ audience: { unit: 'applicant', role: 'applicant' }, brief: { missing: ['缴款凭证'], reason: '' } });
    await file.pass(at(9));
    await file.done(applicant, 'supplement#1', 'supplied');
    // Of three working days from the 5th two were left on the 6th.
    expect(file.state.tasks['accept#2']?.deadline).to.deep.include({ ownDays: true });
    expect(file.state.tasks['accept#2']?.deadline?.why.n).to.equal(2);
    expect(await file.act(command(people.market, complete('accept#2', 'supplement')))).to.deep.equal({ key: 'refused.supplementOnce' });
    await file.done(people.market, 'accept#2', 'accepted');
    expect(taskIds(file.state)).to.deep.equal(['check#1']);
  });

  it('does not wait for ever: what is not supplied in time is decided without', async () => {
    const file = await runningCase(law, monday, newRepair());
    await file.done(people.market, 'accept#1', 'supplement', { ...repairForms.accept, missing: ['缴款凭证'] });
    const { at: end } = file.state.tasks['supplement#1']!.deadline!;
    await file.pass(new Date(Date.parse(end) + 1).toISOString());
    expect(file.state.tasks['supplement#1']).to.deep.include({ status: 'cancelled', rungs: ['1:soon'] });
    expect(file.state.tasks['accept#2']?.brief).to.deep.equal({ supplement: null });
  });

  it('only the applicant himself supplies, and nobody of the house is given his task', async () => {
    const file = await runningCase(law, monday, newRepair());
    await file.done(people.market, 'accept#1', 'supplement', { ...repairForms.accept, missing: ['缴款凭证'] });
    const other = { ...applicant, id: 'b9911c0f-5f6e-4a55-8a4f-0d4e2b1c7a11' };
    expect(await file.act(command(other, complete('supplement#1', 'supplied')))).to.deep.equal({ key: 'refused.noStanding.complete' });
    expect(await file.act(command(people.market, complete('supplement#1', 'supplied')))).to.deep.equal({ key: 'refused.noStanding.complete' });
    const to = { person: people.market.id, name: people.market.name };
    expect(await file.act(command(people.supervisor, { type: 'reassign', task: 'supplement#1', to, reason: '' }))).to.deep.equal({ key: 'refused.applicantTask' });
    expect([...partiesOf(file.state)]).to.not.include('applicant');
  });

  it('entered at a window, the window supplies for him', async () => {
    const file = await runningCase(law, monday, newRepair({ channel: 'window', applicant: { account: null, masked: '王*', agent: true } }, { person: people.handler.id, name: people.handler.name, unit: 'xyb' }));
    await file.done(people.market, 'accept#1', 'supplement', { ...repairForms.accept, missing: ['授权委托书'] });
    expect(file.state.tasks['supplement#1']?.audience).to.deep.equal({ unit: 'xyb', role: 'handler' });
    await file.done(people.handler, 'supplement#1', 'supplied');
    expect(may('withdraw', people.handler, file.state, {}, file.now)).to.deep.equal({ allowed: true });
    expect(may('withdraw', people.market, file.state, {}, file.now).allowed).to.equal(false);
  });

  it('of another unit\'s record is handed to the unit that made it, which has its own three days', async () => {
    const file = await runningCase(law, monday, newRepair());
    await file.pass(at(7));
    await file.done(people.market, 'accept#1', 'handedOver', { ...repairForms.accept, unit: 'hbj', reason: '由生态环境局作出' });
    expect(file.state.tasks['accept#2']).to.deep.include({ audience: { unit: 'hbj', role: 'handler' } });
    expect(repairUnit(file.state)).to.equal('hbj');
    await file.done(people.ecology, 'accept#2', 'accepted');
    expect(file.state.tasks['check#1']?.audience.unit).to.equal('hbj');
  });

  it('refused, the case is closed for good with the reason', async () => {
    const file = await runningCase(law, monday, newRepair());
    await file.done(people.market, 'accept#1', 'refused', { ...repairForms.accept, reason: '尚在最短公示期内' });
    expect(file.state.closings[0]).to.deep.include({ outcome: 'notAccepted', summary: '尚在最短公示期内' });
    expect(may('reopen', people.supervisor, file.state, {}, file.now)).to.deep.include({ reason: { key: 'refused.closedForGood' } });
    expect(file.finished).to.equal(true);
  });

  it('keeps the law that the accepting person chose, where two may apply', async () => {
    const otherLaw = { repairableFrom: '2026-12-02', lawOf: '2026-01-05' };
    const file = await runningCase(law, monday, newRepair({ otherLaw }));
    expect(repairLaw(file.state)).to.deep.equal({ repairableFrom: '2025-12-02', lawOf: '2025-09-01' });
    await file.done(people.market, 'accept#1', 'accepted', { ...repairForms.accept, lawOf: '2026-01-05' });
    expect(repairLaw(file.state)).to.deep.equal(otherLaw);
  });
});

describe('repair: check and decision', () => {
  it('two persons within one limit that counts from the acceptance', async () => {
    const file = await accepted();
    const { date } = file.state.tasks['check#1']!.deadline!;
    await file.pass(at(8));
    await file.done(people.marketBoth, 'check#1', 'checked');
    expect(file.state.tasks['decide#1']?.deadline?.date).to.equal(date);
    expect(await file.act(command(people.marketBoth, complete('decide#1', 'granted')))).to.deep.equal({ key: 'refused.fourEyes.check' });
    await file.done(people.marketHead, 'decide#1', 'sentBack', { reason: '请补充核查' });
    expect(file.state.tasks['check#2']).to.deep.include({ brief: { remarks: ['请补充核查'] } });
    expect(file.state.tasks['check#2']?.deadline?.date).to.equal(date);
  });

  it('more time once for both together', async () => {
    const file = await accepted();
    await file.act(command(people.market, { type: 'requestExtension', task: 'check#1', days: 10, reason: '需现场核查' }));
    await file.done(people.supervisor, 'extension:check#1#1', 'granted', {});
    const { date } = file.state.tasks['check#1']!.deadline!;
    await file.done(people.market, 'check#1', 'checked');
    expect(file.state.tasks['decide#1']?.deadline?.date).to.equal(date);
    expect(await file.act(command(people.marketHead, { type: 'requestExtension', task: 'decide#1', days: 5, reason: '' }))).to.deep.equal({ key: 'refused.extensionOnce' });
  });

  it('inspection time is outside the limit: the clock stands still, rings nothing, and goes on with the days that were left', async () => {
    const file = await accepted();
    const before = file.state.tasks['check#1']!.deadline!;
    await file.pass(at(7));
    await file.act(command(people.market, { type: 'suspend', task: 'check#1', ground: 'inspection', reason: '委托检测' }));
    const { left } = file.state.tasks['check#1']!.suspended!;
    expect(nextRing(file.state)).to.equal(null);
    expect(repairRow(file.state)['due_at']).to.equal(null);
    expect(await file.act(command(people.market, complete('check#1', 'checked')))).to.deep.equal({ key: 'refused.suspended' });
    await file.pass('2026-02-20T01:00:00.000Z');
    file.recompute(testLaw({ version: 2, value: { 'repair.decide': 1 } }));
    expect(file.state.tasks['check#1']?.deadline).to.deep.equal(before);
    await file.act(command(people.market, { type: 'resume', task: 'check#1', reason: '检测完毕' }));
    const task = file.state.tasks['check#1']!;
    expect(task).to.not.have.property('suspended');
    expect(task.deadline?.why.n).to.equal(left);
    expect(task.deadline?.was).to.deep.include({ at: before.at, because: 'suspended' });
    await file.done(people.market, 'check#1', 'checked');
    expect(file.state.tasks['check#1']?.late).to.equal(false);
  });

  it('a stage whose clock may not stand still refuses', async () => {
    const file = await runningCase(law, monday, newRepair());
    expect(await file.act(command(people.market, { type: 'suspend', task: 'accept#1', reason: '' }))).to.deep.equal({ key: 'refused.notSuspendable' });
  });

  it('refused, the record is not touched', async () => {
    const file = await accepted(['hbj']);
    await file.done(people.market, 'check#1', 'checked');
    await file.done(people.marketHead, 'decide#1', 'refused', { reason: '罚款未缴清' });
    expect(file.state.closings[0]).to.deep.include({ outcome: 'refused', summary: '罚款未缴清' });
    expect(changes(file)).to.deep.equal([]);
  });
});

describe('repair: what follows when it is granted', () => {
  it('the record is repaired, and every unit that used it has one order, all opened in one step', async () => {
    const file = await granted(['hbj', 'zx']);
    expect(changes(file)).to.deep.equal([{ type: 'record.repaired', because: file.state.id }]);
    expect(taskIds(file.state)).to.deep.equal(['release:hbj#1', 'release:zx#1']);
    const opened = file.events.filter(({ what }) => what.type === 'task.opened' && what.stage === 'release').map(({ seq }) => seq);
    expect(file.ends.filter((end) => end >= opened[0]! && end < opened[1]!)).to.deep.equal([]);
  });

  it('each unit that lifted its measure is released at once, whoever else is silent', async () => {
    const file = await granted(['hbj', 'zx']);
    await file.done(people.publicity, 'release:zx#1', 'nothingApplied');
    expect(changes(file).at(-1)).to.deep.equal({ type: 'record.released', unit: 'zx', because: file.state.id });
    expect(taskIds(file.state)).to.deep.equal(['release:hbj#1']);
    await file.done(people.ecology, 'release:hbj#1', 'released');
    expect(taskIds(file.state)).to.deep.equal(['follow-up#1']);
    await file.done(people.handler, 'follow-up#1', 'gone');
    expect(file.state.closings[0]).to.deep.include({ outcome: 'granted' });
  });

  it('a procedure that begins again on any prefix of the file opens no order twice', async () => {
    const whole = await granted(['hbj', 'zx']);
    for (const end of whole.ends) {
      const again = new MemoryCase(law, whole.now, whole.events.slice(0, end), whole.state.id);
      again.users = ['hbj', 'zx'];
      await again.run();
      const orders = Object.keys(again.state.tasks).filter((id) => id.startsWith('release:'));
      expect(new Set(orders).size).to.equal(orders.length);
      if (whole.state.changed && end >= whole.events.length) expect(orders).to.have.length(2);
    }
  });

  it('can be taken back by the applicant before the decision, and not after', async () => {
    const file = await accepted();
    expect(await file.act(command(people.market, { type: 'withdraw', reason: '' }))).to.deep.equal({ key: 'refused.noStanding.withdraw' });
    await file.act(command(applicant, { type: 'withdraw', reason: '材料准备不足' }));
    expect(file.state.closings[0]).to.deep.include({ outcome: 'withdrawn', summary: '材料准备不足' });
    expect(taskIds(file.state)).to.deep.equal([]);
    expect(file.state.tasks['check#1']?.status).to.equal('cancelled');

    const decided = await granted(['hbj']);
    expect(await decided.act(command(applicant, { type: 'withdraw', reason: '' }))).to.deep.equal({ key: 'refused.notWithdrawable' });
  });
});

describe('repair: third parties', () => {
  it('each place that still shows it is named, and looked at again until all are gone', async () => {
    const file = await granted([]);
    const places = (...gone: boolean[]) => ({ finding: '', places: gone.map((one, n) => ({ name: `平台${n + 1}`, gone: one })) });
    await file.done(people.handler, 'follow-up#1', 'stillShown', places(true, false));
    expect(isClosed(file.state)).to.equal(false);
    expect(file.state.tasks['follow-up#2']?.brief).to.deep.equal({ places: places(true, false).places });
    expect(file.state.tasks['follow-up#2']?.deadline).to.deep.include({ rule: 'repair.follow-up-again' });
    await file.done(people.handler, 'follow-up#2', 'gone', places(true, true));
    expect(file.state.closings[0]).to.deep.include({ outcome: 'granted' });
  });
});

describe('repair: revocation', () => {
  /** Granted to the end, with three units that used the record: two lifted a measure, one had none. */
  async function revoking(): Promise<MemoryCase> {
    const file = await granted(['hbj', 'scjg', 'zx']);
    await file.done(people.ecology, 'release:hbj#1', 'released');
    await file.done(people.market, 'release:scjg#1', 'nothingApplied');
    await file.done(people.publicity, 'release:zx#1', 'released');
    await file.done(people.handler, 'follow-up#1', 'gone');
    await file.act(command(people.supervisor, { type: 'reopen', reason: '缴款凭证系伪造' }));
    await file.done(people.market, 'revoke#1', 'proposed');
    await file.done(applicant, 'defence#1', 'stated');
    return file;
  }

  it('nobody decides before the firm was heard, or its days are over; what it let pass is not used', async () => {
    const file = await closed();
    await file.act(command(people.supervisor, { type: 'reopen', reason: '缴款凭证系伪造' }));
    await file.done(people.market, 'revoke#1', 'proposed');
    expect(taskIds(file.state)).to.deep.equal(['defence#1']);
    const { deadline } = file.state.tasks['defence#1']!;
    expect(deadline).to.deep.include({ rule: 'repair.defence' });
    expect(defenceOf(file.state)).to.deep.include({ how: 'open' });
    await file.pass(new Date(Date.parse(deadline!.at) + 60_000).toISOString());
    expect(file.state.tasks['defence#1']!.status).to.equal('cancelled');
    expect(defenceOf(file.state)).to.deep.include({ how: 'lapsed' });
    expect(taskIds(file.state)).to.deep.equal(['revoke-decide#1']);
  });

  it('where the rule allows it, it is decided at once, with the reason', async () => {
    const file = await closed();
    await file.act(command(people.supervisor, { type: 'reopen', reason: '缴款凭证系伪造' }));
    await file.done(people.market, 'revoke#1', 'proposed', { ...(repairForms.revoke as unknown as Form), immediate: '已有生效判决认定。' });
    expect(taskIds(file.state)).to.deep.equal(['revoke-decide#1']);
  });

  it('at the window of a unit with a part in the case; no other unit enters it, and no other stage', async () => {
    const file = await closed();
    await file.act(command(people.supervisor, { type: 'reopen', reason: '' }));
    await file.done(people.market, 'revoke#1', 'proposed');
    expect(await file.act(command(people.ecology, complete('defence#1', 'waived')))).to.deep.equal({ key: 'refused.noStanding.complete' });
    expect(await file.act(command(people.marketHead, complete('defence#1', 'waived')))).to.deep.equal({ key: 'refused.noStanding.complete' });
    expect(await file.act(command(people.handler, complete('defence#1', 'waived', { statement: '', papers: [], who: '法定代表人' })))).to.equal(null);
  });

  it('what was false becomes a record in the transaction of the revocation, which also bars further applications', async () => {
    const file = await revoking();
    await file.done(people.marketHead, 'revoke-decide#1', 'revoked');
    const changed = file.events.find(({ what }) => what.type === 'records.changed' && what.step === 'restored')!;
    const banned = file.events.find(({ what }) => what.type === 'subject.banned')!;
    expect(changed.what).to.have.property('stored');
    expect(file.ends.filter((end) => end >= Math.min(changed.seq, banned.seq) && end < Math.max(changed.seq, banned.seq))).to.deep.equal([]);
    expect(repairRow(file.state)).to.have.property('banned_until').that.matches(/^\d{4}-\d\d-\d\d$/u);
    const { record } = repairForms.revoke;
    expect(falsePapersFacts(record!, 'scjg', repairOpeningOf(file.state).subject)).to.deep.include({ kind: 'falsePapers', documentNo: record!.documentNo, unit: 'scjg', domain: 'quality' });
  });

  it('the units that had lifted a measure are asked whether they take it up again; who does uses the record again', async () => {
    const file = await revoking();
    await file.done(people.marketHead, 'revoke-decide#1', 'revoked');
    expect(taskIds(file.state)).to.deep.equal(['reapply:hbj#1', 'reapply:zx#1']);
    expect(isClosed(file.state)).to.equal(false);
    await file.done(people.ecology, 'reapply:hbj#1', 'applied');
    expect(changes(file).at(-1)).to.deep.equal({ type: 'record.used', unit: 'hbj', measure: '列为重点监管对象', legalBasis: '信用条例第二十条' });
    await file.done(people.publicity, 'reapply:zx#1', 'notApplied', { measure: '', legalBasis: '', reason: '事项已结束' });
    expect(changes(file).at(-1)).to.deep.include({ unit: 'hbj' });
    expect(file.state.closings.at(-1)).to.deep.include({ outcome: 'revoked' });
    expect(file.state.closings.at(-1)).to.not.have.property('bannedUntil');
  });

  it('who decides may send the proposal back, which is then proposed anew', async () => {
    const file = await revoking();
    await file.done(people.marketHead, 'revoke-decide#1', 'sentBack', { reason: '请补充依据' });
    expect(file.state.tasks['revoke#2']?.brief).to.deep.equal({ remarks: ['请补充依据'] });
    await file.done(people.market, 'revoke#2', 'kept', { finding: '凭证属实', record: null });
    expect(file.state.closings.at(-1)).to.deep.include({ outcome: 'granted', summary: '凭证属实' });
  });

  it('begun again on any prefix of its file, the record is made once and nobody is asked twice', async () => {
    const whole = await revoking();
    await whole.done(people.marketHead, 'revoke-decide#1', 'revoked');
    for (const end of whole.ends) {
      const again = new MemoryCase(law, whole.now, whole.events.slice(0, end), whole.state.id);
      again.users = ['hbj', 'scjg', 'zx'];
      await again.run();
      const made = again.events.filter(({ what }) => what.type === 'records.changed' && what.step === 'restored');
      expect(made.length).to.be.at.most(1);
      if (end >= whole.events.length) expect(taskIds(again.state)).to.deep.equal(['reapply:hbj#1', 'reapply:zx#1']);
    }
  });

  it('proposed before the revocation made the record itself, it goes as it went then', async () => {
    const file = await closed();
    await file.act(command(people.supervisor, { type: 'reopen', reason: '' }));
    await file.done(people.market, 'revoke#1', 'proposed', { finding: '缴款凭证系伪造。' });
    await file.done(applicant, 'defence#1', 'stated');
    await file.done(people.marketHead, 'revoke-decide#1', 'revoked');
    expect(file.state.changed?.['restored']).to.not.have.property('stored');
    expect(file.state.closings.at(-1)).to.have.property('bannedUntil').that.equals(repairRow(file.state)['banned_until']);
  });

  it('a false paper: reopened by supervision, proposed by one, decided by another; the record is restored and no application taken for a time', async () => {
    const file = await closed();
    await file.act(command(people.supervisor, { type: 'reopen', reason: '缴款凭证系伪造' }));
    await file.done(people.marketBoth, 'revoke#1', 'proposed');
    await file.done(applicant, 'defence#1', 'stated');
    expect(await file.act(command(people.marketBoth, complete('revoke-decide#1', 'revoked')))).to.deep.equal({ key: 'refused.fourEyes.revoke' });
    await file.done(people.marketHead, 'revoke-decide#1', 'revoked');
    expect(changes(file).at(-1)).to.deep.equal({ type: 'record.restored', because: file.state.id });
    expect(file.state.closings.at(-1)).to.deep.include({ outcome: 'revoked' });
    expect(repairRow(file.state)).to.have.property('banned_until').that.matches(/^\d{4}-\d\d-\d\d$/u);
    expect(may('reopen', people.supervisor, file.state, {}, file.now)).to.deep.include({ reason: { key: 'refused.closedForGood' } });
  });

  it('kept by the unit or by its head, the repair stands and can be looked at again', async () => {
    const file = await closed();
    await file.act(command(people.supervisor, { type: 'reopen', reason: '' }));
    await file.done(people.market, 'revoke#1', 'kept');
    expect(file.state.closings.at(-1)).to.deep.include({ outcome: 'granted' });
    await file.act(command(people.supervisor, { type: 'reopen', reason: '' }));
    await file.done(people.market, 'revoke#2', 'proposed');
    await file.done(applicant, 'defence#1', 'stated');
    await file.done(people.marketHead, 'revoke-decide#1', 'kept');
    expect(file.state.closings.at(-1)).to.deep.include({ outcome: 'granted' });
    expect(repairRow(file.state)['banned_until']).to.equal(null);
  });
});

import { expect } from 'chai';
import { caseFileRow, disclosureNumber, disclosureRow, dueAt, isLive, partyRows, recusalRows, taskRow, taskSlug } from '../../../src/rules/casefile/rows.ts';
import { incidentRow } from '../../../src/rules/incident/rows.ts';
import { command, forms, runningIncident, type MemoryCase } from '../../support/cases.ts';
import { testLaw } from '../../support/law.ts';
import { people } from '../../support/people.ts';

const start = '2026-01-05T01:00:00.000Z';

async function toDisclosure(): Promise<MemoryCase> {
  const file = await runningIncident(testLaw(), start);
  await file.done(people.handler, 'verify#1', 'founded');
  await file.done(people.handler, 'grade#1', 'graded', { ...forms.grade, level: 'general' });
  await file.done(people.handler, 'assign#1', 'assigned', { ...forms.assign, parts: [] });
  await file.done(people.market, 'acknowledge:scjg#1', 'acknowledged');
  await file.done(people.market, 'first-report#1', 'reported');
  await file.done(people.market, 'opinion#1', 'drafted');
  await file.done(people.reviewer, 'legal-review#1', 'agreed');
  await file.done(people.marketHead, 'approve#1', 'approved');
  await file.done(people.handler, 'disclose#1', 'proposed');
  await file.done(people.officeHead, 'release#1', 'released');
  return file;
}

describe('rows: what the lists show of a case', () => {
  it('a task is addressed by the case number and its own', async () => {
    const { state } = await runningIncident(testLaw(), start);
    expect(taskSlug(state, state.tasks['verify#1']!)).to.equal('XZ-2026-000001-1');
    expect(taskRow(state, state.tasks['verify#1']!)).to.deep.include({
      case_id: state.id, task_id: 'verify#1', slug: 'XZ-2026-000001-1', stage: 'verify', side: false, status: 'open', unit: 'xyb', role: 'handler',
      assignee: null, excluded: [], deadline_at: state.tasks['verify#1']!.deadline!.at, outcome: null, late: false, urged: 0,
    });
  });

  it('a case is due with the earliest of what is open in the procedure; a decision beside it does not count', async () => {
    const file = await runningIncident(testLaw({ value: { 'incident.supervision': 1, 'incident.verify': 3 } }), start);
    await file.act(command(people.supervisor, { type: 'supervise', task: 'verify#1', text: '' }));
    const { tasks } = file.state;
    expect(tasks['supervision:verify#1#1']!.deadline!.at < tasks['verify#1']!.deadline!.at).to.equal(true);
    expect(dueAt(file.state)).to.equal(tasks['verify#1']!.deadline!.at);
    await file.done(people.handler, 'verify#1', 'unfounded');
    expect(dueAt(file.state)).to.equal(null);
  });

  it('a closed case stays live while something of it is public or undecided', async () => {
    const file = await toDisclosure();
    await file.done(people.handler, 'feedback#1', 'fedBack');
    await file.done(people.market, 'prevention#1', 'planned');
    await file.done(people.supervisor, 'prevention-check#1', 'effective');
    await file.done(people.handler, 'close#1', 'closed');
    expect(caseFileRow(file.state)).to.deep.include({ status: 'closed', live: true, closed_at: file.now, reopen_until: file.state.closings[0]!.reopenUntil });
    await file.act(command(people.handler, { type: 'proposeWithdrawal', disclosure: 'release#1', reason: '事实有误' }));
    await file.pass(file.state.disclosures[0]!.until);
    expect(isLive(file.state), 'the proposal is not decided yet').to.equal(true);
    await file.done(people.officeHead, 'withdrawal:release#1#1', 'kept', {});
    expect(isLive(file.state)).to.equal(false);
    expect(file.finished, 'and nothing can happen to it any more').to.equal(true);
  });

  it('a disclosure has the number under which it is public, its unit and its terms for the search', async () => {
    const { state } = await toDisclosure();
    const [disclosure] = state.disclosures;
    expect(disclosureNumber(state, disclosure!)).to.equal('XZ-2026-000001-P1');
    const row = disclosureRow(state, disclosure!);
    expect(row).to.deep.include({ number: 'XZ-2026-000001-P1', disclosure_id: 'release#1', unit: 'scjg', status: 'published', reason: null });
    expect(row['search']).to.include.members(['停产', '整改']);
  });

  it('parties and recused persons have one row each, in a fixed order', async () => {
    const file = await toDisclosure();
    await file.act(command(people.supervisor, { type: 'recuse', person: { person: people.ecology.id, name: '' }, reason: '' }));
    await file.act(command(people.supervisor, { type: 'recuse', person: { person: people.market.id, name: '' }, reason: '' }));
    expect(partyRows(file.state, incidentRow(file.state)).map(({ unit }) => unit)).to.deep.equal(['fz', 'scjg', 'xyb']);
    expect(recusalRows(file.state).map(({ person }) => person)).to.deep.equal([people.ecology.id, people.market.id].sort());
  });
});

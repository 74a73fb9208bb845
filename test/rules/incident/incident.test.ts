import { expect } from 'chai';
import type { Acting } from '../../../src/rules/casefile/commands.ts';
import { accountableUnit, effectiveLevel, isAnswered, lastOf, levelOf, levels } from '../../../src/rules/incident/facts.ts';
import { incidentSteps, incidentStages, stepOf } from '../../../src/rules/incident/process.ts';
import { incidentRow, linkRows, subjectRows } from '../../../src/rules/incident/rows.ts';
import { command, forms, runningIncident, taskIds, type MemoryCase } from '../../support/cases.ts';
import { testLaw } from '../../support/law.ts';
import { people } from '../../support/people.ts';

const start = '2026-01-05T01:00:00.000Z';
const begun = (): Promise<MemoryCase> => runningIncident(testLaw(), start);
const similar = (n: number) => ({ caseId: `00000000-0000-4000-8000-00000000000${n}`, caseNo: `XZ-2025-00000${n}`, title: '' });

describe('incident: the level', () => {
  it('a recurrence within the window raises it by one, the highest stays', () => {
    expect(levels.map((level) => effectiveLevel(level, []))).to.deep.equal([...levels]);
    expect(levels.map((level) => effectiveLevel(level, [similar(1)]))).to.deep.equal(['large', 'major', 'extraordinary', 'extraordinary']);
    expect(effectiveLevel('general', [similar(1), similar(2)]), 'by one, however many').to.equal('large');
  });

  it('it sets the clock of the public statement; a general incident has none', async () => {
    const hours: Record<string, number | null> = {};
    for (const level of levels) {
      const file = await begun();
      await file.done(people.handler, 'verify#1', 'founded');
      await file.done(people.handler, 'grade#1', 'graded', { ...forms.grade, level });
      const statement = file.state.tasks['statement#1'];
      hours[level] = statement ? (Date.parse(statement.deadline!.at) - Date.parse(start)) / 3_600_000 : null;
    }
    expect(hours).to.deep.equal({ general: null, large: 48, major: 24, extraordinary: 5 });
  });
});

describe('incident: the steps', () => {
  /** Plays the whole way with one part and no statement; gives the step after each move. */
  async function steps(file: MemoryCase): Promise<string[]> {
    const moves: [Acting, string, string, object?][] = [
      [people.handler, 'verify#1', 'founded'],
      [people.handler, 'grade#1', 'graded', { ...forms.grade, level: 'general' }],
      [people.handler, 'assign#1', 'assigned', { ...forms.assign, parts: [forms.assign.parts[1]] }],
      [people.market, 'acknowledge:scjg#1', 'acknowledged'],
      [people.ecology, 'acknowledge:hbj#1', 'acknowledged'],
      [people.market, 'first-report#1', 'reported'],
      [people.ecology, 'handle:hbj.1#1', 'handled'],
      [people.market, 'opinion#1', 'drafted'],
      [people.reviewer, 'legal-review#1', 'agreed'],
      [people.marketHead, 'approve#1', 'approved'],
      [people.handler, 'disclose#1', 'proposed'],
      [people.officeHead, 'release#1', 'released'],
      [people.handler, 'feedback#1', 'fedBack'],
      [people.market, 'prevention#1', 'planned'],
      [people.supervisor, 'prevention-check#1', 'effective'],
      [people.handler, 'close#1', 'closed'],
    ];
    const seen = [String(stepOf(file.state))];
    for (const [by, task, outcome, form] of moves) {
      await file.done(by, task, outcome, ...(form ? [form as Record<string, unknown>] : []));
      seen.push(String(stepOf(file.state)));
    }
    return seen;
  }

  it('go from left to right as the work does, and end with the case', async () => {
    expect(await steps(await begun())).to.deep.equal([
      'verify', 'grade', 'assign', 'assign', 'assign', 'handle', 'handle', 'opinion', 'opinion', 'opinion', 'disclose', 'disclose', 'feedback',
      'prevention', 'prevention', 'close', 'null',
    ]);
  });

  it('the statement runs beside and never moves the step', async () => {
    const file = await begun();
    await file.done(people.handler, 'verify#1', 'founded');
    await file.done(people.handler, 'grade#1', 'graded');
    expect(taskIds(file.state)).to.deep.equal(['statement#1', 'assign#1']);
    expect(stepOf(file.state)).to.equal('assign');
    await file.done(people.publicity, 'statement#1', 'published');
    expect(stepOf(file.state)).to.equal('assign');
  });

  it('what is sent back brings the step back', async () => {
    const file = await begun();
    await file.done(people.handler, 'verify#1', 'founded');
    await file.done(people.handler, 'grade#1', 'graded', { ...forms.grade, level: 'general' });
    await file.done(people.handler, 'assign#1', 'assigned');
    await file.done(people.market, 'acknowledge:scjg#1', 'acknowledged');
    await file.done(people.ecology, 'acknowledge:hbj#1', 'returned', { reason: '不属本部门职责' });
    expect(taskIds(file.state)).to.deep.equal(['assign#2']);
    expect(file.state.tasks['assign#2']?.brief).to.deep.equal({ sentBack: [{ unit: 'hbj', reason: '不属本部门职责' }] });
  });

  it('every stage belongs to a step of the bar, or runs beside it', () => {
    for (const { step } of Object.values(incidentStages)) {
      if (step !== null) expect(incidentSteps).to.include(step);
    }
  });
});

describe('incident: what is read out of the file', () => {
  it('the last finished round of a stage counts, not the open one', async () => {
    const file = await begun();
    expect(lastOf(file.state, 'verify')).to.equal(null);
    await file.done(people.handler, 'verify#1', 'unfounded', { finding: '查无实据' });
    await file.act(command(people.supervisor, { type: 'reopen', reason: '新线索' }));
    expect(lastOf(file.state, 'verify')).to.deep.include({ id: 'verify#1', form: { finding: '查无实据' } });
    await file.done(people.handlerColleague, 'verify#2', 'founded');
    expect(lastOf(file.state, 'verify')?.id).to.equal('verify#2');
    expect(levelOf(file.state)).to.equal(null);
    expect(accountableUnit(file.state)).to.equal(null);
    await file.done(people.handler, 'grade#1', 'graded');
    expect(levelOf(file.state)).to.equal('large');
  });

  it('counts as answered only with the link and the date of an official statement', async () => {
    const file = await begun();
    const feedback = (form: object): boolean => {
      const task = { ...file.state.tasks['verify#1']!, id: 'feedback#1', stage: 'feedback', status: 'done' as const, form: form as Record<string, unknown> };
      return isAnswered({ ...file.state, tasks: { ...file.state.tasks, 'feedback#1': task } });
    };
    expect(isAnswered(file.state)).to.equal(false);
    expect(feedback(forms.feedback)).to.equal(true);
    expect(feedback({ ...forms.feedback, url: null })).to.equal(false);
    expect(feedback({ ...forms.feedback, date: null })).to.equal(false);
  });

  it('a duplicate is linked to the other case, and not any more once it is found to be none', async () => {
    const file = await begun();
    await file.done(people.handler, 'verify#1', 'duplicate', { finding: '同一事件', of: similar(1) });
    expect(linkRows(file.state)).to.deep.equal([{ case_id: file.state.id, other: similar(1).caseId, relation: 'duplicate' }]);
    await file.act(command(people.supervisor, { type: 'reopen', reason: '并非同一事件' }));
    await file.done(people.handler, 'verify#2', 'founded');
    await file.done(people.handler, 'grade#1', 'graded', { ...forms.grade, recurrences: [similar(2)] });
    expect(linkRows(file.state)).to.deep.equal([{ case_id: file.state.id, other: similar(2).caseId, relation: 'recurrence' }]);
  });

  it('a person is listed by the masked name alone', async () => {
    const sealed = '00000000-0000-4000-8000-0000000000aa';
    const file = await runningIncident(testLaw(), start, { subjects: [{ kind: 'person', sealed, masked: '王**' }] });
    expect(subjectRows(file.state)).to.deep.equal([{ case_id: file.state.id, number: 1, kind: 'person', uscc: null, name: '王**', sealed, opened_at: start }]);
    expect(incidentRow(file.state)['search']).to.include('王');
  });

  it('a closed incident is due no more and shows how it ended', async () => {
    const file = await begun();
    expect(incidentRow(file.state)).to.deep.include({ status: 'open', step: 'verify', due_at: file.state.tasks['verify#1']!.deadline!.at, outcome: null });
    await file.done(people.handler, 'verify#1', 'unfounded');
    expect(incidentRow(file.state)).to.deep.include({ status: 'closed', step: null, due_at: null, outcome: 'unfounded', closed_at: file.now });
  });
});

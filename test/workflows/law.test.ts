import { expect } from 'chai';
import { deliveredCalendar } from '../../src/features/calendar/index.ts';
import { writeCalendar } from '../../src/features/calendar/write.ts';
import { dateOf, dayNumber } from '../../src/rules/calendar/index.ts';
import { people } from '../support/people.ts';
import { startCases, type RunningCases } from './running.ts';

describe('law: a calendar or a rule changes while cases are open', () => {
  let cases: RunningCases;
  before(async function () {
    this.timeout(60_000);
    cases = await startCases();
  });
  after(() => cases.close());

  /** Puts a calendar in force in which these days are days off. */
  async function activate(version: number, off: readonly string[]): Promise<void> {
    const { years, days } = deliveredCalendar();
    await cases.knex.transaction(async (trx) => {
      await trx('calendar').update({ active: false });
      await writeCalendar(trx, {
        calendar: { version, name: `第 ${version} 版`, source: '补充通知', active: true },
        years,
        days: [...days.filter(({ date }) => !off.includes(date)), ...off.map((date) => ({ date, is_workday: false, name: '临时放假', source_notice: '补充通知' }))],
      });
    });
  }

  it('situation 6: the deadline moves, the old one is kept, the key counts once, and what was late stays late', async () => {
    const id = await cases.open();
    const late = await cases.open();
    const before = (await cases.state(id)).tasks['verify#1']!.deadline!;
    // A deadline of the past, as a file that was taken over has it.
    const state = await cases.state(late);
    state.tasks['verify#1']!.deadline!.at = '2026-01-05T09:30:00.000Z';
    await cases.knex('case_file').where({ id: late }).update({ state: JSON.stringify(state) });
    await cases.handle(late).terminate('taken over');

    await activate(2, [before.date]);
    await cases.gateway.recompute('incident', id, 'calendar-2');
    const { deadline, version } = (await cases.until(id, ({ tasks }) => tasks['verify#1']!.deadline!.version === 2)).tasks['verify#1']!;
    expect(deadline).to.deep.include({ calendar: 2, from: before.from });
    expect(deadline!.was).to.deep.include({ at: before.at, date: before.date, because: 'recomputed' });
    expect(deadline!.at > before.at).to.equal(true);
    expect(deadline!.why.rest.some(({ name }) => name === '临时放假')).to.equal(true);
    const row: { deadline_at: Date } | undefined = await cases.knex('case_task').where({ case_id: id, task_id: 'verify#1' }).first('deadline_at');
    expect(row?.deadline_at.toISOString(), 'and the lists show the new one').to.equal(deadline!.at);

    const { seq } = await cases.state(id);
    await cases.gateway.recompute('incident', id, 'calendar-2');
    expect((await cases.state(id)).seq).to.equal(seq);
    // Who has the page open with the old deadline may still act: nothing was taken from him, but he sees it is another.
    expect(version).to.equal(seq);

    await cases.gateway.recompute('incident', late, 'calendar-2');
    expect((await cases.state(late)).tasks['verify#1']!.deadline).to.deep.include({ version: 1, at: '2026-01-05T09:30:00.000Z' });
  });

  it('a change of the law reaches every open case', async () => {
    const open = await Promise.all([cases.open(), cases.open(), cases.open()]);
    const done = await cases.open();
    await cases.done(done, people.handler, 'verify#1', 'unfounded');
    await cases.until(done, ({ closings }) => closings.length === 1);
    const { date } = (await cases.state(open[0]!)).tasks['verify#1']!.deadline!;
    await activate(3, [date, dateOf(dayNumber(date) + 1)]);
    await cases.client.workflow.execute('lawChange', { workflowId: 'law-calendar-3', taskQueue: cases.taskQueue, args: ['calendar-3'] });
    for (const id of open) {
      const { deadline } = (await cases.state(id)).tasks['verify#1']!;
      expect(deadline).to.deep.include({ calendar: 3, version: 2 });
    }
    expect((await cases.state(done)).tasks['verify#1']!.deadline).to.deep.include({ version: 1 });
  });

  it('a new version of a rule counts for what begins under it', async () => {
    const today = dateOf(Math.floor((Date.now() + 28_800_000) / 86_400_000));
    const newVersion = async (value: number, from: string): Promise<void> => {
      const open = cases.knex('rule_version').where({ code: 'incident.verify', status: 'confirmed', effective_to: null });
      await open.update({ effective_to: dateOf(dayNumber(from) - 1) });
      await cases.knex('rule_version').insert({
        code: 'incident.verify', value, unit: 'workday', legal_basis: `自 ${from} 起`, effective_from: from, status: 'confirmed', reason: 'test', confirmed_at: cases.knex.fn.now(),
      });
    };
    const id = await cases.open();
    const before = (await cases.state(id)).tasks['verify#1']!.deadline!;
    await newVersion(5, today);
    await newVersion(9, dateOf(dayNumber(today) + 1));
    await cases.gateway.recompute('incident', id, 'rule-verify');
    const { deadline } = (await cases.state(id)).tasks['verify#1']!;
    expect(deadline).to.deep.include({ basis: `自 ${today} 起`, version: 2 });
    expect(deadline!.why.n).to.equal(5);
    expect(deadline!.was).to.deep.include({ at: before.at });
  });
});

import { expect } from 'chai';
import fc from 'fast-check';
import { dayNumber, explain, workdaysBetween } from '../../../src/rules/calendar/index.ts';
import { carriedOver, deadlineFor, recomputed, resumed, standingOf, type RuleBook } from '../../../src/rules/casefile/deadline.ts';
import { openTasks } from '../../../src/rules/casefile/fold.ts';
import { nextRing } from '../../../src/rules/casefile/clockwork.ts';
import type { Instant } from '../../../src/rules/casefile/types.ts';
import { ruleOn } from '../../../src/rules/limits/index.ts';
import { deliveredLimits } from '../../../src/features/rules/seed.ts';
import { deliveredCalendarObject, shanghai } from '../../support/calendar.ts';
import { command, newRepair, runningCase, type MemoryCase } from '../../support/cases.ts';
import { testLaw } from '../../support/law.ts';
import { people } from '../../support/people.ts';

const calendar = deliveredCalendarObject();
const rows = deliveredLimits();
const rules: RuleBook = { on: (code, date) => ruleOn(rows, code, date) };
const minute = 60_000;
const begin = shanghai('2026-01-05 09:00');
const year = 300 * 24 * 60;
const instant = (minutes: number): Instant => new Date(begin + minutes * minute).toISOString();

/** When a task opened, when its clock was stopped, and when it was started again, in minutes. */
const times = fc.tuple(fc.nat(year), fc.nat(40 * 24 * 60), fc.integer({ min: 1, max: 60 * 24 * 60 })).map(([opens, runs, stands]) => ({
  opens: instant(opens), stops: instant(opens + runs), starts: instant(opens + runs + stands),
}));

describe('a clock that stood still', () => {
  it('gives back the working days that were left, also when none was left; what was late stays late by as many days', () => {
    const seen = new Set<string>();
    fc.assert(fc.property(times, ({ opens, stops, starts }) => {
      const old = deadlineFor({ rule: 'repair.decide' }, opens, rules, calendar)!;
      const kept = standingOf(old, stops, calendar);
      for (const next of [resumed(old, kept, starts, rules, calendar), carriedOver(old, stops, starts, rules, calendar)]) {
        const now = standingOf(next, starts, calendar);
        if (stops <= old.at) {
          seen.add(kept.left === 0 ? 'last day' : 'in time');
          expect(kept, 'in time').to.not.have.property('late');
          expect(next.at > starts, 'is not late').to.equal(true);
          // Started again when the office is shut, the day that was left is the next one that is open.
          const shut = kept.left === 0 && calendar.closesOn(calendar.dayAt(Date.parse(starts))) <= Date.parse(starts);
          const off = kept.left === 0 && !calendar.works(calendar.dayAt(Date.parse(starts)));
          expect(now.left).to.equal(shut || off ? 1 : kept.left);
        } else {
          seen.add(kept.late === 0 ? 'late this evening' : 'late');
          expect(next.at < starts, 'stays late').to.equal(true);
          expect(kept.left).to.equal(0);
          if (kept.late! > 0) expect(now.late, 'by as many days').to.equal(kept.late);
          else expect(now.late, 'since the last close of business').to.be.oneOf([0, 1]);
          expect(workdaysBetween(calendar, Date.parse(next.at), Date.parse(starts))).to.equal(now.late);
        }
        expect(calendar.works(dayNumber(next.date)), 'ends on a working day').to.equal(true);
        expect(explain(next.why, (key) => key)[0]).to.match(kept.left > 0 ? /start\.workday/u : kept.late === undefined ? /keptToday/u : /keptLate/u);
        expect(recomputed({ deadline: next }, starts, rules, calendar), 'the same law changes nothing').to.equal(null);
      }
    }), { numRuns: 3000 });
    expect([...seen]).to.have.members(['in time', 'last day', 'late this evening', 'late']);
  });

  it('stopped and started again at once, a limit ends when it would have ended', () => {
    fc.assert(fc.property(times, ({ opens, stops }) => {
      const old = deadlineFor({ rule: 'repair.decide' }, opens, rules, calendar)!;
      const next = resumed(old, standingOf(old, stops, calendar), stops, rules, calendar);
      if (stops <= old.at) expect(next.at).to.equal(old.at);
      else if (standingOf(old, stops, calendar).late! > 0) expect(next.date).to.equal(old.date);
    }), { numRuns: 1000 });
  });
});

describe('a case whose clock stands still', () => {
  const start = '2026-01-05T01:00:00.000Z';
  const suspend = (file: MemoryCase, by = people.market) => file.act(command(by, { type: 'suspend', task: 'check#1', ground: 'inspection', reason: '委托检测' }));
  const resume = (file: MemoryCase) => file.act(command(people.market, { type: 'resume', task: 'check#1', reason: '检测完毕' }));
  async function lateCheck(): Promise<MemoryCase> {
    const file = await runningCase(testLaw(), start, newRepair());
    await file.done(people.market, 'accept#1', 'accepted');
    const { ladder } = file.state.tasks['check#1']!.deadline!;
    await file.pass(new Date(Date.parse(ladder.supervisor) + minute).toISOString());
    return file;
  }

  it('late, is stopped by the head alone; it stays late, its days do not grow, and nobody is told again what he was told', async () => {
    const file = await lateCheck();
    expect(await suspend(file)).to.deep.equal({ key: 'refused.lateSuspendedByHead' });
    expect(await suspend(file, people.marketHead)).to.equal(null);
    const { late } = file.state.tasks['check#1']!.suspended!;
    expect(late).to.be.greaterThan(0);
    await file.pass('2026-03-20T02:00:00.000Z');
    expect(await resume(file)).to.equal(null);
    const { deadline } = file.state.tasks['check#1']!;
    expect(standingOf(deadline!, file.now, file.law.calendar).late).to.equal(late);
    expect(nextRing(file.state), 'head and supervisors know').to.equal(null);
    await file.done(people.market, 'check#1', 'checked');
    expect(file.state.tasks['check#1']?.late).to.equal(true);
  });

  it('in time, is stopped by whoever works on it, or by the head over him', async () => {
    const file = await runningCase(testLaw(), start, newRepair());
    await file.done(people.market, 'accept#1', 'accepted');
    await file.act(command(people.market, { type: 'claim', task: 'check#1' }));
    expect(await suspend(file, people.marketColleague)).to.deep.equal({ key: 'refused.claimedBy', params: { name: people.market.name } });
    expect(await suspend(file, people.marketHead)).to.equal(null);
    expect(file.state.tasks['check#1']?.suspended).to.deep.include({ ground: 'inspection' });
    expect(openTasks(file.state)).to.have.length(1);
  });

  it('a command of before, which named no ground, is admitted as it was then', async () => {
    const file = await lateCheck();
    expect(await file.act(command(people.market, { type: 'suspend', task: 'check#1', reason: '委托检测' }))).to.equal(null);
    expect(file.state.tasks['check#1']?.suspended).to.not.have.property('ground');
  });
});

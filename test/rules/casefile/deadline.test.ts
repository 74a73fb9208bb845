import { expect } from 'chai';
import { buildCalendar, shiftIntoOfficeHours } from '../../../src/rules/calendar/index.ts';
import { deadlineFor, extended, recomputed, type RuleBook } from '../../../src/rules/casefile/deadline.ts';
import type { Deadline } from '../../../src/rules/casefile/types.ts';
import { NoRuleValid, ruleOn, type Limit } from '../../../src/rules/limits/index.ts';
import { deliveredLimits } from '../../../src/features/rules/seed.ts';
import { deliveredCalendarObject, deliveredTable, shanghai } from '../../support/calendar.ts';

const calendar = deliveredCalendarObject();
const rows = deliveredLimits();
const rules: RuleBook = { on: (code, date) => ruleOn(rows, code, date) };
const at = (text: string): string => new Date(shanghai(text)).toISOString();
const said = (instant: string | null): string => (instant === null ? '' : new Date(Date.parse(instant) + 28_800_000).toISOString().slice(0, 16).replace('T', ' '));

function deadline(code: string, opens: string, change: { from?: string; date?: string } = {}): Deadline {
  const found = deadlineFor({ rule: code, ...change }, at(opens), rules, calendar);
  if (!found) throw new Error(`${code} has no term`);
  return found;
}

const withNotice = (extra: { date: string; isWorkday: boolean; name: string }[], version = 2) => {
  const table = deliveredTable({ version });
  const dates = new Set(extra.map(({ date }) => date));
  return buildCalendar({ ...table, publishedYears: [...table.publishedYears, 2027], days: [...table.days.filter(({ date }) => !dates.has(date)), ...extra] });
};

describe('deadline: where a task is due', () => {
  it('carries the rule, its basis, where the count began, and why it is that day', () => {
    const found = deadline('incident.handle', '2026-09-24 10:00');
    expect(found).to.deep.include({ rule: 'incident.handle', version: 1, from: at('2026-09-24 10:00'), date: '2026-10-13', calendar: 1, provisional: false });
    expect(found.basis).to.match(/宿政办发〔2018〕43号/u);
    expect(found.why).to.deep.include({ n: 8, unit: 'workday' });
    expect(said(found.at)).to.equal('2026-10-13 17:30');
  });

  it('counts from another instant where the request says so', () => {
    expect(deadline('incident.verify', '2026-10-14 10:00', { from: at('2026-10-09 10:00') }).date).to.equal('2026-10-10');
  });

  it('a date a person fixed goes before the length of the rule; one in the past means today', () => {
    expect(said(deadline('incident.handle', '2026-09-24 10:00', { date: '2026-09-29' }).at)).to.equal('2026-09-29 17:30');
    expect(said(deadline('incident.handle', '2026-09-24 10:00', { date: '2026-09-01' }).at)).to.equal('2026-09-24 17:30');
  });

  it('a rule that says there is no limit gives no deadline', () => {
    expect(deadlineFor({ rule: 'incident.public-reply.general' }, at('2026-09-24 10:00'), rules, calendar)).to.equal(null);
  });

  it('without a row for the day nothing is guessed', () => {
    expect(() => deadlineFor({ rule: 'incident.verify' }, at('2018-01-05 10:00'), rules, calendar)).to.throw(NoRuleValid);
    expect(() => deadlineFor({ rule: 'incident.nothing' }, at('2026-01-05 10:00'), rules, calendar)).to.throw(NoRuleValid);
  });

  it('the version of the rule is that of the day the count begins', () => {
    const versions: Limit[] = [
      ...rows.filter(({ code }) => code !== 'incident.verify'),
      { id: 900, code: 'incident.verify', value: 1, unit: 'workday', domain: null, legalBasis: 'old', effectiveFrom: '2018-01-01', effectiveTo: '2026-09-30' },
      { id: 901, code: 'incident.verify', value: 2, unit: 'workday', domain: null, legalBasis: 'new', effectiveFrom: '2026-10-01', effectiveTo: null },
    ];
    const book: RuleBook = { on: (code, date) => ruleOn(versions, code, date) };
    const on = (opens: string) => deadlineFor({ rule: 'incident.verify' }, at(opens), book, calendar);
    expect(on('2026-09-30 23:00')).to.deep.include({ basis: 'old', date: '2026-10-08' });
    expect(on('2026-10-01 00:30')).to.deep.include({ basis: 'new', date: '2026-10-09' });
  });
});

describe('deadline: the ladder stands in office hours', () => {
  it('reminder at four fifths of the office hours, to the head one and to the supervisors two working days after', () => {
    const { ladder } = deadline('incident.first-report', '2026-09-24 10:00');
    expect([ladder.soon, ladder.due, ladder.head, ladder.supervisor].map(said)).to.deep.equal([
      // 7.5 h of Thursday 24 and three days of 8.5 h: 33 h, of which 26.4 h; 25 to 27 September are days off.
      '2026-09-30 10:54',
      '2026-09-30 17:30',
      '2026-10-08 09:00',
      '2026-10-09 09:00',
    ]);
  });

  it('opened at night before days off: no reminder outside office hours', () => {
    for (const opens of ['2026-09-30 23:30', '2026-10-01 12:00', '2026-10-10 08:00', '2026-02-14 17:29', '2026-12-31 20:00']) {
      for (const { code } of rows.filter(({ code: c, unit }) => c.startsWith('incident.') && unit === 'workday')) {
        const found = deadline(code, opens);
        for (const rung of Object.values(found.ladder)) {
          if (rung === null) continue;
          const instant = Date.parse(rung);
          // The deadline itself is the end of the office's day.
          const inOffice = instant === Date.parse(found.at) || shiftIntoOfficeHours(calendar, instant) === instant;
          expect(inOffice, `${code} opened ${opens}: ${said(rung)}`).to.equal(true);
        }
      }
    }
  });

  it('clock hours run through night and weekend, and so does their ladder', () => {
    const { at: due, ladder } = deadline('incident.public-reply.extraordinary', '2026-09-26 22:00');
    expect(said(due)).to.equal('2026-09-27 03:00');
    expect(said(ladder.soon)).to.equal('2026-09-27 02:00');
    expect([ladder.due, ladder.head, ladder.supervisor]).to.deep.equal([due, due, due]);
  });

  it('a task that is due at once has no reminder before', () => {
    const { ladder } = deadline('incident.handle', '2026-09-24 20:00', { date: '2026-09-24' });
    expect(ladder.soon).to.equal(null);
  });
});

describe('deadline: extended and computed again', () => {
  const open = deadline('incident.first-report', '2026-09-24 10:00');

  it('an extension adds working days to the old deadline, which is kept', () => {
    const more = extended(open, 2, at('2026-09-29 10:00'), rules, calendar);
    expect(more).to.deep.include({ version: 2, date: '2026-10-09', was: { at: open.at, date: '2026-09-30', changedAt: at('2026-09-29 10:00'), because: 'extended' } });
    expect(more.from).to.equal(open.at);
  });

  it('one that is granted after the deadline counts from the decision', () => {
    expect(extended(open, 1, at('2026-10-09 10:00'), rules, calendar).date).to.equal('2026-10-10');
  });

  it('situation 6: a later notice moves the open deadline, the old one is kept, and what was late stays late', () => {
    const changed = withNotice([{ date: '2026-09-28', isWorkday: false, name: '中秋节' }]);
    const moved = recomputed({ deadline: open }, at('2026-09-29 10:00'), rules, changed);
    expect(moved).to.deep.include({ version: 2, calendar: 2, date: '2026-10-08', was: { at: open.at, date: '2026-09-30', changedAt: at('2026-09-29 10:00'), because: 'recomputed' }, from: open.from });
    expect(recomputed({ deadline: open }, at('2026-09-30 17:31'), rules, changed)).to.equal(null);
    expect(recomputed({ deadline: open }, at('2026-09-30 17:30'), rules, changed), 'due this very minute is not over').to.not.equal(null);
  });

  it('a notice that changes nothing for the task leaves it alone; one that makes it certain does not', () => {
    expect(recomputed({ deadline: open }, at('2026-09-29 10:00'), rules, withNotice([]))).to.equal(null);
    const uncertain = deadline('incident.first-report', '2026-12-28 10:00');
    expect(uncertain.provisional).to.equal(true);
    const settled = recomputed({ deadline: uncertain }, at('2026-12-29 10:00'), rules, withNotice([{ date: '2027-01-01', isWorkday: false, name: '元旦' }]));
    expect(settled).to.deep.include({ at: uncertain.at, provisional: false, version: 2 });
  });

  it('computed again twice it still counts from where it began, not from the deadline before', () => {
    const first = withNotice([{ date: '2026-09-28', isWorkday: false, name: '中秋节' }]);
    const second = withNotice([{ date: '2026-09-28', isWorkday: false, name: '中秋节' }, { date: '2026-09-29', isWorkday: false, name: '中秋节' }], 3);
    const once = recomputed({ deadline: open }, at('2026-09-24 12:00'), rules, first)!;
    const twice = recomputed({ deadline: once }, at('2026-09-24 13:00'), rules, second)!;
    expect(twice).to.deep.include({ version: 3, date: '2026-10-09', was: { at: once.at, date: '2026-10-08', changedAt: at('2026-09-24 13:00'), because: 'recomputed' } });
    const back = recomputed({ deadline: twice }, at('2026-09-24 14:00'), rules, calendar)!;
    expect(back.at).to.equal(open.at);
  });

  it('an extended deadline keeps the days that were granted', () => {
    const more = extended(open, 2, at('2026-09-29 10:00'), rules, calendar);
    const changed = withNotice([{ date: '2026-10-08', isWorkday: false, name: '国庆节' }]);
    const moved = recomputed({ deadline: more, extension: { granted: true } }, at('2026-09-29 12:00'), rules, changed)!;
    expect(moved.date).to.equal('2026-10-10');
    expect(recomputed({ deadline: moved, extension: { granted: true } }, at('2026-09-29 13:00'), rules, calendar)?.date).to.equal('2026-10-09');
  });

  it('an extension that was refused leaves the length to the rule', () => {
    const changed = withNotice([{ date: '2026-09-28', isWorkday: false, name: '中秋节' }]);
    expect(recomputed({ deadline: open, extension: { granted: false } }, at('2026-09-24 12:00'), rules, changed)?.date).to.equal('2026-10-08');
  });

  it('a fixed date stays the date; clock hours do not know of days off', () => {
    const fixed = deadline('incident.handle', '2026-09-24 10:00', { date: '2026-09-29' });
    const changed = withNotice([{ date: '2026-09-29', isWorkday: false, name: '中秋节' }]);
    expect(recomputed({ deadline: fixed }, at('2026-09-24 12:00'), rules, changed)).to.equal(null);
    const hours = deadline('incident.public-reply.large', '2026-09-28 10:00');
    expect(recomputed({ deadline: hours }, at('2026-09-28 12:00'), rules, changed)).to.equal(null);
  });

  it('a rule that allows more time for the same day moves it too, with its own basis', () => {
    const longer: RuleBook = { on: (code, date) => (code === 'incident.first-report' ? { ...rules.on(code, date), value: 5, legalBasis: '新规' } : rules.on(code, date)) };
    expect(recomputed({ deadline: open }, at('2026-09-24 12:00'), longer, calendar)).to.deep.include({ date: '2026-10-09', basis: '新规' });
  });
});

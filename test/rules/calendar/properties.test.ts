import { execFile } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { expect } from 'chai';
import fc from 'fast-check';
import {
  dateAt, dateOf, dayNumber, dueAfter, isDate, officeMsBetween, shiftIntoOfficeHours, spanFraction, workdaysBetween,
} from '../../../src/rules/calendar/index.ts';
import { deliveredCalendarObject, shanghai } from '../../support/calendar.ts';

const calendar = deliveredCalendarObject();
const instant = fc.integer({ min: shanghai('2005-01-01 00:00'), max: shanghai('2055-12-31 23:59') });
const count = fc.integer({ min: 1, max: 60 });
const unit = fc.constantFrom('workday', 'day', 'month', 'hour');
const DAY = 86_400_000;

/** The count as a clerk does it: one finger on the calendar, one day after the other. */
function slowly(start: number, n: number): string {
  let date = dateAt(calendar, start);
  for (let counted = 0; counted < n; ) {
    date = dateOf(dayNumber(date) + 1);
    if (calendar.isWorkday(date)) counted += 1;
  }
  return date;
}

describe('dates: what always holds', () => {
  it('a text is a date exactly when a clock shows it', () => {
    const part = (max: number, width: number): fc.Arbitrary<string> => fc.nat(max).map((n) => String(n).padStart(width, '0'));
    fc.assert(fc.property(part(9999, 4), part(14, 2), part(33, 2), (year, month, day) => {
      const text = `${year}-${month}-${day}`;
      const parsed = Date.parse(`${text}T00:00:00Z`);
      expect(isDate(text)).to.equal(!Number.isNaN(parsed) && new Date(parsed).toISOString().startsWith(text));
    }), { numRuns: 1000 });
  });
});

describe('deadlines: what always holds', () => {
  it('n working days agree with a slow count, day by day', () => {
    fc.assert(fc.property(instant, count, (start, n) => {
      expect(dueAfter(calendar, start, n, 'workday').date).to.equal(slowly(start, n));
    }));
  });

  it('a deadline lies after its start, and in days after the start day', () => {
    fc.assert(fc.property(instant, count, unit, (start, n, of) => {
      const due = dueAfter(calendar, start, n, of);
      expect(due.at).to.be.above(start);
      if (of !== 'hour') expect(due.date > dateAt(calendar, start)).to.equal(true);
    }));
  });

  it('a deadline in days, working days or months never lands on a day of rest', () => {
    fc.assert(fc.property(instant, count, fc.constantFrom('workday', 'day', 'month'), (start, n, of) => {
      const due = dueAfter(calendar, start, n, of);
      expect(calendar.isWorkday(due.date)).to.equal(true);
      expect(due.at).to.equal(calendar.closesOn(dayNumber(due.date)));
    }));
  });

  it('a later start or a longer term never gives an earlier deadline', () => {
    fc.assert(fc.property(instant, fc.nat(60 * DAY), count, fc.nat(20), unit, (start, later, n, more, of) => {
      const first = dueAfter(calendar, start, n, of);
      expect(dueAfter(calendar, start + later, n, of).at).to.be.at.least(first.at);
      expect(dueAfter(calendar, start, n + more, of).at).to.be.at.least(first.at);
    }));
  });

  it('from start to deadline there are just the working days of the term', () => {
    fc.assert(fc.property(instant, count, (start, n) => {
      const due = dueAfter(calendar, start, n, 'workday');
      expect(workdaysBetween(calendar, start, due.at)).to.equal(n);
      expect(workdaysBetween(calendar, due.at, start)).to.equal(-n);
    }));
  });

  it('everything that was passed over is a day of rest, and everything made up is a weekend that is worked', () => {
    fc.assert(fc.property(instant, count, (start, n) => {
      const { why } = dueAfter(calendar, start, n, 'workday');
      let passed = 0;
      for (const { from, to } of why.rest) {
        for (let day = dayNumber(from); day <= dayNumber(to); day += 1) {
          expect(calendar.works(day)).to.equal(false);
          passed += 1;
        }
      }
      for (const { date } of why.madeUp) expect(calendar.isWorkday(date)).to.equal(true);
      expect(dayNumber(why.end) - dayNumber(why.start)).to.equal(n + passed);
    }));
  });

  it('days that last seconds give the same dates', () => {
    fc.assert(fc.property(instant, count, fc.constantFrom('workday', 'day', 'month'), fc.integer({ min: 1000, max: 60_000 }), (start, n, of, dayMs) => {
      const anchorMs = 1_700_000_000_000;
      const quick = deliveredCalendarObject({ dayMs, anchorMs });
      const day = calendar.dayAt(start);
      const same = dueAfter(quick, quick.beginOf(day) + dayMs / 2, n, of);
      expect(same.date).to.equal(dueAfter(calendar, start, n, of).date);
    }), { numRuns: 25 });
  });

  it('dates are read and written without loss, and dates that do not exist are refused', () => {
    fc.assert(fc.property(fc.integer({ min: -25_000, max: 60_000 }), (day) => {
      expect(dayNumber(dateOf(day))).to.equal(day);
    }));
    for (const text of ['2026-02-30', '2026-13-01', '2025-02-29', '2026-9-1', '', '20260901', '2026-00-10']) {
      expect(isDate(text), text).to.equal(false);
    }
  });
});

describe('office hours', () => {
  it('a reminder outside office hours goes out at the next opening', () => {
    const shifted = (text: string): number => shiftIntoOfficeHours(calendar, shanghai(text));
    expect(shifted('2026-09-24 10:00')).to.equal(shanghai('2026-09-24 10:00'));
    expect(shifted('2026-09-24 07:00')).to.equal(shanghai('2026-09-24 09:00'));
    expect(shifted('2026-09-24 17:30')).to.equal(shanghai('2026-09-28 09:00'));
    expect(shifted('2026-10-03 12:00')).to.equal(shanghai('2026-10-08 09:00'));
    expect(shifted('2026-10-09 20:00'), 'a make-up Saturday is open').to.equal(shanghai('2026-10-10 09:00'));
  });

  it('always lies in office hours and never before the instant', () => {
    fc.assert(fc.property(instant, (at) => {
      const shifted = shiftIntoOfficeHours(calendar, at);
      const day = calendar.dayAt(shifted);
      expect(calendar.works(day)).to.equal(true);
      expect(shifted).to.be.within(calendar.opensOn(day), calendar.closesOn(day) - 1);
      expect(shifted).to.be.at.least(at);
      expect(shiftIntoOfficeHours(calendar, shifted)).to.equal(shifted);
    }));
  });

  it('80 % of one working day from Monday noon is reached on Tuesday afternoon', () => {
    const start = shanghai('2026-09-21 12:00');
    const end = dueAfter(calendar, start, 1, 'workday').at;
    // 5.5 h on Monday and 8.5 h on Tuesday: 80 % of 14 h is 11.2 h.
    expect(spanFraction(calendar, start, end, 0.8, 'workday')).to.equal(shanghai('2026-09-22 14:42'));
  });

  it('80 % of clock hours runs through the night', () => {
    const start = shanghai('2026-09-25 20:00');
    expect(spanFraction(calendar, start, start + 5 * 3_600_000, 0.8, 'hour')).to.equal(shanghai('2026-09-26 00:00'));
  });

  it('the fraction of a term lies within it, in office hours, and grows with the fraction', () => {
    const fraction = fc.integer({ min: 1, max: 99 }).map((percent) => percent / 100);
    fc.assert(fc.property(instant, count, fraction, fraction, (start, n, one, other) => {
      const end = dueAfter(calendar, start, n, 'workday').at;
      const [less, more] = one < other ? [one, other] : [other, one];
      const at = spanFraction(calendar, start, end, less, 'workday');
      expect(at).to.be.within(start, end);
      expect(shiftIntoOfficeHours(calendar, at)).to.equal(at);
      expect(spanFraction(calendar, start, end, more, 'workday')).to.be.at.least(at);
      const open = officeMsBetween(calendar, start, end);
      expect(officeMsBetween(calendar, start, at)).to.be.closeTo(open * less, 1);
    }));
  });

  it('office time of two spans that meet is the office time of both', () => {
    fc.assert(fc.property(instant, fc.nat(40 * DAY), fc.nat(40 * DAY), (a, first, second) => {
      const whole = officeMsBetween(calendar, a, a + first + second);
      const parts = officeMsBetween(calendar, a, a + first) + officeMsBetween(calendar, a + first, a + first + second);
      expect(whole).to.equal(parts);
    }));
  });
});

describe('deadlines and the host', function () {
  this.timeout(60_000);

  it('the host may stand in New York or on Kiribati', async () => {
    const script = `
      import { dueAfter, dateOf, spanFraction } from './src/rules/calendar/index.ts';
      import { deliveredCalendarObject } from './test/support/calendar.ts';
      const calendar = deliveredCalendarObject();
      const found = [];
      for (let start = Date.parse('2025-12-20T15:55:00Z'); start < Date.parse('2026-12-31T00:00:00Z'); start += 31 * 3600000) {
        for (const unit of ['workday', 'day', 'month', 'hour']) {
          const due = dueAfter(calendar, start, 7, unit);
          found.push([due.at, due.date, due.why.startTime, due.why.endTime, spanFraction(calendar, start, due.at, 0.8, unit)].join());
        }
      }
      process.stdout.write(found.join(';'));
    `;
    const cwd = fileURLToPath(new URL('../../../', import.meta.url));
    const run = promisify(execFile);
    const answers = await Promise.all(['UTC', 'America/New_York', 'Pacific/Kiritimati', 'Asia/Shanghai'].map(async (zone) => {
      const { stdout } = await run(process.execPath, ['--import', 'tsx', '--input-type=module', '--eval', script], {
        cwd, env: { ...process.env, TZ: zone }, maxBuffer: 16_000_000,
      });
      return stdout;
    }));
    expect(answers[0]).to.match(/2026-/);
    for (const answer of answers) expect(answer).to.equal(answers[0]);
  });
});

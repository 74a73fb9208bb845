import { expect } from 'chai';
import { createI18n } from '../../../src/platform/i18n.ts';
import { buildCalendar, dueAfter, dueOn, explain, workdaysBetween } from '../../../src/rules/calendar/index.ts';
import { deadlineFor, recomputed } from '../../../src/rules/casefile/deadline.ts';
import { ruleOn } from '../../../src/rules/limits/index.ts';
import { deliveredLimits } from '../../../src/features/rules/seed.ts';
import { deliveredCalendarObject, deliveredTable, shanghai } from '../../support/calendar.ts';

const calendar = deliveredCalendarObject();
const i18n = createI18n({ onMissing: (locale, key) => { throw new Error(`${locale} has no ${key}`); } });
const zh = i18n.translator('zh-CN');
const en = i18n.translator('en');

describe('deadlines: the situations of the field', () => {
  it('situation 1: an incident assigned on Thursday 24 September 2026 with 7 working days is due on Monday 12 October', () => {
    const due = dueAfter(calendar, shanghai('2026-09-24 10:00'), 7, 'workday');
    expect(due.date).to.equal('2026-10-12');
    expect(due.at).to.equal(shanghai('2026-10-12 17:30'));
    expect(due.provisional).to.equal(false);
    expect(due.why.rest).to.deep.equal([
      { from: '2026-09-25', to: '2026-09-27', name: '中秋节' },
      { from: '2026-10-01', to: '2026-10-07', name: '国庆节' },
      { from: '2026-10-11', to: '2026-10-11', name: null },
    ]);
    expect(due.why.madeUp).to.deep.equal([{ date: '2026-10-10', name: '国庆节' }]);
  });

  it('situation 3: pushed on Friday 13 February 2026, 3 working days end on Wednesday 25 February, 10 on 5 March', () => {
    const start = shanghai('2026-02-13 09:00');
    expect(dueAfter(calendar, start, 3, 'workday').date).to.equal('2026-02-25');
    expect(dueAfter(calendar, start, 10, 'workday').date).to.equal('2026-03-05');
  });

  it('situation 4: a make-up Saturday counts as a working day, and 3 working days from 6 May 2026 end on it', () => {
    expect(calendar.isWorkday('2026-05-09')).to.equal(true);
    const due = dueAfter(calendar, shanghai('2026-05-06 16:00'), 3, 'workday');
    expect(due.date).to.equal('2026-05-09');
    expect(due.why.madeUp.map(({ date }) => date)).to.deep.equal(['2026-05-09']);
  });

  it('situation 5: without a calendar for 2027 a date in it is provisional and keeps the holidays of the law', () => {
    const due = dueAfter(calendar, shanghai('2026-12-30 10:00'), 3, 'workday');
    expect(due.provisional).to.equal(true);
    expect(due.why.awaits).to.deep.equal([2027]);
    expect(due.date).to.equal('2027-01-05');
    expect(due.why.rest).to.deep.equal([
      { from: '2027-01-01', to: '2027-01-01', name: '元旦' },
      { from: '2027-01-02', to: '2027-01-03', name: null },
    ]);
  });

  it('situation 6: a later notice moves the open deadline, the reason keeps the old one, and what was late stays late', () => {
    const openedAt = new Date(shanghai('2026-12-30 10:00')).toISOString();
    const limit = { rule: 'incident.first-report' };
    const rows = deliveredLimits();
    const rules = { on: (code: string, date: string) => ruleOn(rows, code, date) };
    const before = deadlineFor(limit, openedAt, rules, calendar);
    if (!before) throw new Error('the rule has a term');
    const table = deliveredTable({ version: 2 });
    const later = buildCalendar({
      ...table,
      publishedYears: [...table.publishedYears, 2027],
      days: [
        ...table.days.filter(({ date }) => !date.startsWith('2027-')),
        { date: '2027-01-01', isWorkday: false, name: '元旦' },
        { date: '2027-01-04', isWorkday: false, name: '元旦' },
      ],
    });
    const task = { deadline: before };
    const after = recomputed(task, new Date(shanghai('2027-01-04 10:00')).toISOString(), rules, later);
    expect(after).to.include({ date: '2027-01-06', calendar: 2, provisional: false, version: 2 });
    expect(after?.was).to.include({ at: before.at, date: '2027-01-05' });

    const overdue = new Date(shanghai('2027-01-05 18:00')).toISOString();
    expect(recomputed(task, overdue, rules, later), 'one that was over is not touched').to.equal(null);
  });
});

describe('deadlines: units', () => {
  it('the last days of December wait for the notice of the next year, which can rearrange them', () => {
    expect(dueAfter(calendar, shanghai('2026-12-25 10:00'), 1, 'workday').provisional).to.equal(false);
    const due = dueAfter(calendar, shanghai('2026-12-28 10:00'), 1, 'workday');
    expect(due).to.include({ date: '2026-12-29', provisional: true });
    expect(due.why.awaits).to.deep.equal([2027]);
    expect(dueAfter(calendar, shanghai('2025-12-29 10:00'), 1, 'workday').provisional).to.equal(false);
  });

  it('lunar holidays of a year without a notice are days off: Spring Festival 2027', () => {
    for (const date of ['2027-02-05', '2027-02-06', '2027-02-08', '2027-06-09', '2027-09-15']) {
      expect(calendar.isWorkday(date), date).to.equal(false);
    }
    expect(calendar.nameOf('2027-02-05')).to.equal('春节');
    expect(calendar.isWorkday('2099-10-01')).to.equal(false);
    expect(calendar.nameOf('2099-10-01')).to.equal('国庆节');
  });

  it('a term of calendar days that ends in a holiday ends on the first working day after it', () => {
    const due = dueAfter(calendar, shanghai('2026-09-24 10:00'), 10, 'day');
    expect(due).to.include({ date: '2026-10-08', at: shanghai('2026-10-08 17:30'), provisional: false });
    expect(due.why.shift).to.deep.equal({ from: '2026-10-04', rest: [{ from: '2026-10-04', to: '2026-10-07', name: '国庆节' }] });
  });

  it('a term of publicity ends with its last day at 24:00, holiday or not', () => {
    const due = dueAfter(calendar, shanghai('2026-09-24 10:00'), 10, 'day', { shift: false });
    expect(due).to.include({ date: '2026-10-04', at: shanghai('2026-10-05 00:00'), provisional: false });
    expect(due.why.shift).to.equal(null);
    const years = dueAfter(calendar, shanghai('2026-05-31 10:00'), 36, 'month', { shift: false });
    expect(years, 'no notice can move it').to.include({ date: '2029-05-31', provisional: false });
  });

  it('a month ends on the same day number, or on the last of the month', () => {
    expect(dueAfter(calendar, shanghai('2026-05-31 10:00'), 3, 'month', { shift: false }).date).to.equal('2026-08-31');
    const clipped = dueAfter(calendar, shanghai('2025-08-31 10:00'), 6, 'month', { shift: false });
    expect(clipped.date).to.equal('2026-02-28');
    expect(clipped.why.clipped).to.equal(true);
    expect(dueAfter(calendar, shanghai('2023-12-31 10:00'), 2, 'month', { shift: false }).date).to.equal('2024-02-29');
    expect(dueAfter(calendar, shanghai('2026-10-31 10:00'), 2, 'month', { shift: false }).date).to.equal('2026-12-31');
  });

  it('hours run by the clock through a holiday', () => {
    const due = dueAfter(calendar, shanghai('2026-09-30 20:15'), 48, 'hour');
    expect(due).to.include({ at: shanghai('2026-10-02 20:15'), date: '2026-10-02', provisional: false });
  });

  it('an act at night belongs to the day in Asia/Shanghai, whatever the day in UTC', () => {
    expect(dueAfter(calendar, Date.parse('2026-09-23T16:30:00Z'), 1, 'workday').date).to.equal('2026-09-28');
    expect(dueAfter(calendar, Date.parse('2026-09-23T15:30:00Z'), 1, 'workday').date).to.equal('2026-09-24');
  });

  it('a date that a person fixed is due when the office closes', () => {
    expect(dueOn(calendar, shanghai('2026-09-24 10:00'), '2026-11-02').at).to.equal(shanghai('2026-11-02 17:30'));
    expect(() => dueOn(calendar, 0, '2026-02-30')).to.throw(RangeError);
  });

  it('a term that is not a whole number from 1 up is refused', () => {
    for (const n of [0, -1, 1.5, Number.NaN, Infinity, 1e9]) {
      expect(() => dueAfter(calendar, 0, n, 'workday'), String(n)).to.throw(RangeError);
    }
    expect(() => dueAfter(calendar, Number.NaN, 1, 'workday')).to.throw(RangeError);
  });

  it('the same code counts days that last ten seconds', () => {
    const now = 1_790_000_000_000;
    const dayMs = 10_000;
    const anchorMs = now - Math.round((Date.parse('2026-09-24T00:00:00Z') / 86_400_000 + 10 / 24) * dayMs);
    const quick = deliveredCalendarObject({ dayMs, anchorMs });
    const due = dueAfter(quick, now, 7, 'workday');
    expect(due.date).to.equal('2026-10-12');
    expect(due.why).to.include({ start: '2026-09-24', endTime: '17:30' });
    expect(due.at - now).to.be.closeTo((18 + 7.5 / 24) * dayMs, 20);
    expect(workdaysBetween(quick, now, due.at)).to.equal(7);
  });

  it('costs microseconds', () => {
    const start = shanghai('2026-09-24 10:00');
    const rounds = 2000;
    const best = Math.min(...[1, 2, 3].map(() => {
      const began = performance.now();
      for (let round = 0; round < rounds; round += 1) dueAfter(calendar, start + round, 10, 'workday');
      return (performance.now() - began) / rounds;
    }));
    expect(best, 'milliseconds for one').to.be.below(0.2);
  });
});

describe('deadlines: why this day', () => {
  it('says in Chinese what was counted and what was not', () => {
    const { why } = dueAfter(calendar, shanghai('2026-09-24 10:00'), 7, 'workday');
    expect(explain(why, zh)).to.deep.equal([
      '自2026年9月24日（周四）起算，当日不计，期限 7 个工作日。',
      '休息日不计入：9月25日（周五）至9月27日（周日）中秋节、10月1日（周四）至10月7日（周三）国庆节、10月11日（周日）周末。',
      '调休上班日计入：10月10日（周六）。',
      '到期日为2026年10月12日（周一），17:30截止。',
      '依据日历第 1 版：放假安排通知。',
    ]);
  });

  it('says the same in English', () => {
    const { why } = dueAfter(calendar, shanghai('2026-09-24 10:00'), 7, 'workday');
    expect(explain(why, en)).to.deep.equal([
      'Counted from Thu 24 Sep 2026, that day excluded: 7 working days.',
      'Days of rest not counted: Fri 25 Sep to Sun 27 Sep (Mid-Autumn Festival), Thu 1 Oct to Wed 7 Oct (National Day), Sun 11 Oct (weekend).',
      'Weekend days worked to make up for a holiday, counted: Sat 10 Oct.',
      'Due on Mon 12 Oct 2026 at 17:30.',
      'By calendar version 1: 放假安排通知.',
    ]);
  });

  it('has words for every kind of reason in both languages', () => {
    const start = shanghai('2026-08-31 10:00');
    const reasons = [
      dueAfter(calendar, start, 1, 'hour'),
      dueAfter(calendar, start, 34, 'day'),
      dueAfter(calendar, start, 30, 'day', { shift: false }),
      dueAfter(calendar, start, 6, 'month'),
      dueAfter(calendar, shanghai('2026-12-30 10:00'), 1, 'workday'),
      dueOn(calendar, start, '2026-09-03'),
    ];
    for (const { why } of reasons) {
      for (const t of [zh, en]) expect(explain(why, t).join(' ')).to.not.match(/\{\{|why\.|undefined/);
    }
    const shifted = explain(dueAfter(calendar, start, 34, 'day').why, zh);
    expect(shifted).to.include('期满日2026年10月4日（周日）为休息日（10月4日（周日）至10月7日（周三）国庆节），顺延至其后第一个工作日。');
  });
});

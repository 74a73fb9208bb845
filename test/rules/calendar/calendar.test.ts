import { readFileSync } from 'node:fs';
import { expect } from 'chai';
import { deliveredDays, deliveredYears } from '../../../src/features/calendar/seed.ts';
import { buildCalendar, changedDays, noticeDoubts, noticeFaults, type NoticeDay } from '../../../src/rules/calendar/index.ts';
import { deliveredCalendarObject, deliveredTable } from '../../support/calendar.ts';

const calendar = deliveredCalendarObject();

function noticeOf(year: number): NoticeDay[] {
  const text = readFileSync(new URL(`../../fixtures/holiday-cn/${year}.json`, import.meta.url), 'utf8');
  return (JSON.parse(text) as { days: NoticeDay[] }).days;
}

describe('the delivered calendar', () => {
  it('has the notices from 2007 to 2026 and does not pretend to have one for 2027', () => {
    expect(deliveredYears()).to.deep.equal(Array.from({ length: 20 }, (_, index) => 2007 + index));
    expect(deliveredDays().some(({ date }) => date >= '2027')).to.equal(false);
    expect(calendar.publishedYears.at(-1)).to.equal(2026);
  });

  it('agrees day by day with another collection of the notices', () => {
    for (const year of [2024, 2025, 2026]) {
      for (const { date, isOffDay } of noticeOf(year)) expect(calendar.isWorkday(date), date).to.equal(!isOffDay);
    }
  });

  for (const year of [2025, 2026]) {
    it(`counts 248 working days in ${year}`, () => {
      let days = 0;
      for (let day = Date.UTC(year, 0, 1); day <= Date.UTC(year, 11, 31); day += 86_400_000) {
        if (calendar.isWorkday(new Date(day).toISOString().slice(0, 10))) days += 1;
      }
      expect(days).to.equal(248);
    });
  }

  it('knows the make-up days of 2025 and 2026', () => {
    const madeUp = ['2025-01-26', '2025-02-08', '2025-04-27', '2025-09-28', '2025-10-11', '2026-01-04', '2026-02-14', '2026-02-28', '2026-05-09', '2026-09-20', '2026-10-10'];
    for (const date of madeUp) expect(calendar.isWorkday(date), date).to.equal(true);
  });

  it('counts working days by its table as it counts them one by one, inside its range and out of it', () => {
    for (const from of ['2001-03-01', '2006-12-01', '2026-12-01', '2060-05-01']) {
      const first = Date.parse(`${from}T00:00:00Z`) / 86_400_000;
      let count = 0;
      for (let day = first + 1; day <= first + 60; day += 1) {
        if (calendar.works(day)) count += 1;
        expect(calendar.workdaysUpTo(day) - calendar.workdaysUpTo(first)).to.equal(count);
      }
    }
  });
});

describe('building a calendar', () => {
  it('refuses a table that makes no sense', () => {
    const table = deliveredTable();
    expect(() => buildCalendar({ ...table, dayMs: 0 })).to.throw(RangeError);
    expect(() => buildCalendar({ ...table, opensMinute: 1050, closesMinute: 540 })).to.throw(RangeError);
    expect(() => buildCalendar({ ...table, days: [{ date: '2026-02-30', isWorkday: false, name: '?' }] })).to.throw(RangeError);
  });

  it('without any row knows weekends and the fixed holidays of the law, and calls every year unpublished', () => {
    const empty = buildCalendar({ ...deliveredTable(), days: [], publishedYears: [] });
    expect(empty.isWorkday('2026-05-01')).to.equal(false);
    expect(empty.isWorkday('2026-05-04')).to.equal(true);
    expect(empty.awaits(20_000)).to.be.a('number');
  });
});

describe('a notice on days off', () => {
  it('of a published year has no fault and nothing doubtful', () => {
    for (const year of [2025, 2026]) {
      expect(noticeFaults(year, noticeOf(year))).to.deep.equal([]);
      expect(noticeDoubts(noticeOf(year))).to.deep.equal([]);
    }
  });

  it('names each line that is wrong', () => {
    const days: NoticeDay[] = [
      { date: '2027-01-01', isOffDay: true, name: '元旦' },
      { date: '2027-02-30', isOffDay: true, name: '春节' },
      { date: '2027-01-01', isOffDay: true, name: '元旦' },
      { date: '2026-05-01', isOffDay: true, name: '劳动节' },
      { date: '2027-10-01', isOffDay: true, name: '  ' },
      { date: '2027-10-08', isOffDay: false, name: '国庆节' },
    ];
    const faults = noticeFaults(2027, days).map(({ key, params }) => `${params['line']}:${key}`);
    expect(faults).to.deep.equal(['2:date', '3:twice', '4:otherYear', '5:name', '6:weekdayMadeUp']);
    expect(noticeFaults(2027, []).map(({ key }) => key)).to.deep.equal(['empty']);
  });

  it('may speak of the last days of the December before', () => {
    expect(noticeFaults(2019, [{ date: '2018-12-29', isOffDay: false, name: '元旦' }])).to.deep.equal([]);
  });

  it('without the Mid-Autumn Festival is doubtful', () => {
    const doubts = noticeDoubts(noticeOf(2026).filter(({ name }) => !name.includes('中秋')));
    expect(doubts.map(({ key }) => key)).to.include('holidayMissing');
  });

  it('shows the days that become something else', () => {
    const empty = buildCalendar({ ...deliveredTable(), days: [], publishedYears: [] });
    const changed = changedDays(2026, empty, calendar);
    expect(changed.find(({ date }) => date === '2026-10-10')).to.deep.equal({
      date: '2026-10-10', wasWorkday: false, isWorkday: true, name: '国庆节',
    });
    expect(changedDays(2026, calendar, calendar)).to.deep.equal([]);
  });
});

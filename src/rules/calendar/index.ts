export { arrangementOf, workdaysIn, type HolidayArrangement } from './arrangement.ts';
export { buildCalendar, dateAt, timeAt, type Calendar, type CalendarDay, type CalendarTable } from './calendar.ts';
export { addMonths, dateOf, dayNumber, isDate, weekdayOf } from './days.ts';
export { dueAfter, dueOn, type Due, type Reason, type RestDays, type TermOptions, type TermUnit } from './due.ts';
export { dateInWords, explain, holidayName, shortDateInWords, type Translate } from './explain.ts';
export { activationRefusal, mayActivateCalendar, mayImportCalendar, type ActivationRefusal } from './keepers.ts';
export {
  belongsToNotice,
  changedDays,
  isPublishedYear,
  noticeDoubts,
  noticeFaults,
  type ChangedDay,
  type NoticeDay,
  type NoticeDoubt,
  type NoticeFault,
} from './notice.ts';
export { officeMsBetween, shiftIntoOfficeHours, spanFraction, workdaysBetween } from './office.ts';

import type { FeatureFactory } from '../../platform/http/feature.ts';
import { mayActivateCalendar } from '../../rules/calendar/index.ts';
import { isAdministrator } from '../../rules/people.ts';
import { CALENDAR_PATH } from './presenter.ts';
import { calendarRoutes, type CalendarParts } from './routes.ts';

export type { OpenDeadline } from './effect.ts';
export type { ActivatedCalendar, CalendarParts } from './routes.ts';
export { deliveredCalendar, seedCalendar } from './seed.ts';

/** The administration of working days. */
export function calendarFeature(parts: CalendarParts): FeatureFactory {
  return (ground) => ({
    access: 'staff',
    path: CALENDAR_PATH,
    router: calendarRoutes(ground, parts),
    nav: [{
      href: CALENDAR_PATH,
      label: 'calendar:index.title',
      icon: 'calendar',
      order: 335,
      group: 'accounts:nav.administration',
      shownTo: (person) => isAdministrator(person) || mayActivateCalendar(person),
    }],
  });
}

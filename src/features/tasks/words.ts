import { createDeadlineChips, type DeadlineChips } from '../../platform/http/deadline-chips.ts';
import { createMoments, type Moments } from '../../platform/http/moments.ts';
import type { Translate } from '../../platform/i18n.ts';
import type { Law } from '../../platform/law.ts';
import type { Unready } from '../../platform/scanning.ts';
import { unitName, type Unit } from '../../platform/units.ts';
import { dateAt, type Calendar } from '../../rules/calendar/index.ts';
import { processWords } from '../../platform/process-words.ts';
import { applicantAudience, type Audience, type CaseKind, type CivilDate, type Instant } from '../../rules/casefile/types.ts';
import type { Locale } from '../../rules/people.ts';

/** Everything needed to say things in the reader's language, as of one moment. */
export interface Words {
  readonly t: Translate;
  readonly locale: Locale;
  readonly now: Date;
  readonly calendar: Calendar;
  readonly moments: Moments;
  readonly chips: DeadlineChips;
  readonly units: readonly Unit[];
  /** Files, by their hash, that may not be read (yet). */
  readonly unready?: ReadonlyMap<string, Unready>;
  /** The date it is now in the calendar. */
  readonly today: CivilDate;
  /** A unit's name, at a moment that is past the name of then; its id where there is no such unit any more. */
  unit(id: string, form?: 'full' | 'short', at?: CivilDate | Date): string;
  stage(kind: CaseKind, stage: string): string;
  outcome(kind: CaseKind, stage: string, outcome: string): string;
  /** "市信用办经办人" */
  audience(audience: Audience, at?: Instant): string;
}

export function createWords(of: { t: Translate; locale: Locale; now: Date; law: Law; units: readonly Unit[] }): Words {
  const { t, locale, now, units } = of;
  const { calendar } = of.law;
  const unit: Words['unit'] = (id, form = 'full', at) => {
    if (id === applicantAudience.unit) return t('common:role.applicant');
    const found = units.find((one) => one.id === id);
    return found ? unitName(found, locale, form, at) : id;
  };
  return {
    t,
    locale,
    now,
    calendar,
    units,
    moments: createMoments(t),
    chips: createDeadlineChips({ t, calendar, now }),
    today: dateAt(calendar, now.getTime()),
    unit,
    stage: (kind, stage) => t(processWords.stage(kind, stage)),
    outcome: (kind, stage, outcome) => t(processWords.outcome(kind, stage, outcome)),
    // Beside the name of the unit, the head of the credit office is its head.
    audience: ({ unit: id, role }, at) => role === 'applicant' ? t('common:role.applicant') : t('tasks:audience', { unit: unit(id, 'short', at), role: t(`common:role.${role === 'creditOfficeHead' ? 'head' : role}`) }),
  };
}

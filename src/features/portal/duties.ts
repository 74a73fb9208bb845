import type { Request } from 'express';
import { createFormat } from '../../platform/http/format.ts';
import { createMoments } from '../../platform/http/moments.ts';
import type { Facts } from '../../platform/http/view-models.ts';
import { dayNumber } from '../../rules/calendar/index.ts';
import type { CivilDate } from '../../rules/casefile/types.ts';
import type { OwnRecord } from './records.ts';

/** What the register says of the fine, and in calendar days how long there is to wait; `day` is the first on which repair may be asked for. */
export function dutiesOf({ t, locale }: Pick<Request, 't' | 'locale'>, { record: { state: { facts } }, today }: { record: OwnRecord; today: CivilDate }, day: CivilDate | null): Facts {
  const format = createFormat(locale);
  const amounts = [facts.fine, facts.confiscated].filter((yuan) => yuan > 0).map((yuan) => format.money(yuan));
  const left = day === null ? 0 : dayNumber(day) - dayNumber(today);
  return {
    items: [
      { term: t('portal:apply.duties.fine'), value: t(`portal:apply.duties.${amounts.length === 0 ? 'noFine' : facts.performed ? 'paid' : 'unpaid'}`, { amount: amounts.join(' + ') }) },
      // Where the laws differ the days do; what is over needs none.
      ...(day !== null && left <= 0 ? [] : [{ term: t('portal:apply.duties.from'), value: day === null ? t('portal:apply.duties.any') : createMoments(t).day(day).text }]),
      { term: t('portal:apply.duties.wait'), value: left > 0 ? t('portal:apply.duties.days', { count: left }) : t('portal:apply.duties.now') },
    ],
  };
}

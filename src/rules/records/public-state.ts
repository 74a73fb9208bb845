import type { CivilDate } from '../casefile/types.ts';
import { standingOf, type RecordStanding, type RecordState } from './file.ts';

/** How a record stands before the public: its standing, or what everybody's eyes are kept from whatever that is. */
export type PublicState = RecordStanding | 'over' | 'frozen' | 'takenOff';

/**
 * What everybody is told of a record in each state, on every surface alike: the record; that it was withdrawn, by whom, when
 * and why; that its page is off for now; or nothing.
 */
export const toldIn: Readonly<Record<PublicState, 'record' | 'withdrawal' | 'off' | 'nothing'>> = {
  stored: 'nothing',
  waiting: 'nothing',
  withheld: 'nothing',
  published: 'record',
  marked: 'record',
  suspended: 'nothing',
  shielded: 'nothing',
  ended: 'nothing',
  repaired: 'nothing',
  finalised: 'nothing',
  withdrawn: 'withdrawal',
  over: 'nothing',
  frozen: 'nothing',
  takenOff: 'off',
};

/** What lies over a record beside its own file. */
export interface Over {
  /** Its subject has a code that another living firm has too. */
  readonly frozen: boolean;
  /** It was taken off in an emergency, and not put back. */
  readonly off: boolean;
}

export function publicStateOf(state: Parameters<typeof standingOf>[0] & Pick<RecordState, 'until'>, { frozen, off }: Over, today: CivilDate): PublicState {
  if (off) return 'takenOff';
  if (frozen) return 'frozen';
  const standing = standingOf(state);
  // A term that is over hides it before its end is written.
  return toldIn[standing] === 'record' && state.until !== null && state.until < today ? 'over' : standing;
}

/** The first day of repair as everybody is told it: not before a ban of its subject is over, whatever the record's own term says. */
export const repairableAfter = (repairableFrom: CivilDate | null, bannedUntil: CivilDate | null): CivilDate | null =>
  repairableFrom !== null && bannedUntil !== null && repairableFrom < bannedUntil ? bannedUntil : repairableFrom;

/** Whether that day comes only when it is shown no more, so that nobody is told to wait for it. */
export const repairableTooLate = (repairableFrom: CivilDate | null, until: CivilDate | null): boolean => repairableFrom !== null && until !== null && repairableFrom > until;

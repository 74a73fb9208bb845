import { z } from 'zod';
import { choice, mustTick, text, tick } from '../../platform/http/fields.ts';
import type { Law } from '../../platform/law.ts';
import type { CivilDate } from '../../rules/casefile/types.ts';
import { isCourts } from '../../rules/records/facts.ts';
import type { PublicState } from '../../rules/records/public-state.ts';
import { objectionGrounds } from '../../rules/objection/facts.ts';
import type { PaperKind } from '../../rules/repair/facts.ts';
import { earliestDay, firstDayOf, type FirstDay } from '../../rules/repair/law.ts';
import { longestStatement, type ApplicationKind } from './drafts.ts';
import type { OwnRecord } from './records.ts';

const common = { statement: text({ max: longestStatement, lines: true }), agent: tick };
export const schemas = {
  repair: z.object({ ...common, truthful: mustTick }),
  objection: z.object({ ...common, ground: choice(objectionGrounds), fresh: tick }),
};

/** Papers of each kind of application: those that can be handed in, and those without which it is not taken. */
export const papersFor: Readonly<Record<ApplicationKind, { kinds: readonly PaperKind[]; required: (agent: boolean) => readonly PaperKind[] }>> = {
  repair: { kinds: ['proof', 'commitment', 'authorisation', 'other'], required: (agent) => ['proof', 'commitment', ...(agent ? (['authorisation'] as const) : [])] },
  objection: { kinds: ['proof', 'authorisation'], required: (agent) => (agent ? ['authorisation'] : []) },
};

/** Why no application is taken on a record as it stands; words `portal:barred.*`. */
export type Bar =
  | { readonly why: 'early'; readonly day: CivilDate; readonly other: CivilDate | null }
  | { readonly why: 'never' | 'repaired' | 'ended' | 'withdrawn' | 'stored' | 'waiting' | 'withheld' | 'suspended' | 'shielded' | 'frozen' | 'court' }
  | { readonly why: 'banned'; readonly day: CivilDate }
  /** `told`: the same was objected to by himself, and rejected. */
  | { readonly why: 'own' | 'told'; readonly caseNo: string }
  | { readonly why: 'other' };

/** Every standing has its line, so that a new one is not open to applications unseen; null where they are taken. */
const standingBars: Readonly<Record<Exclude<PublicState, 'frozen' | 'takenOff'>, Exclude<Bar['why'], 'early' | 'banned' | 'own' | 'told' | 'other'> | null>> = {
  stored: 'stored', waiting: 'waiting', withheld: 'withheld', published: null, marked: null, suspended: 'suspended', shielded: 'shielded',
  ended: 'ended', over: 'ended', repaired: 'repaired', finalised: 'repaired', withdrawn: 'withdrawn',
};

/** What everybody's eyes are kept from, but for what is gone, can be wrong as well: an objection is taken. */
const onlyHidden: ReadonlySet<Bar['why']> = new Set(['stored', 'waiting', 'withheld', 'suspended', 'shielded']);

/** What the record itself says against an application; null when nothing does. */
export function standingBar(kind: ApplicationKind, record: OwnRecord): Bar | null {
  if (record.frozen && kind === 'repair') return { why: 'frozen' };
  const why = record.standing === 'frozen' || record.standing === 'takenOff' ? null : standingBars[record.standing];
  // Deletion and correction of what a court listed are asked of the court, whatever else is to be said.
  if (isCourts(record.state.facts) && (why === null || !['ended', 'withdrawn'].includes(why))) return { why: 'court' };
  if (why === null) return null;
  return kind === 'objection' && onlyHidden.has(why) ? null : { why };
}

/** 信用修复管理办法: before the shortest publicity is over an application is answered with the first possible day. */
export function timeBar(first: FirstDay, today: CivilDate): Bar | null {
  const day = earliestDay(first);
  if (day === null) return { why: 'never' };
  if (day <= today) return null;
  const later = first.otherLaw ? [first.repairableFrom, first.otherLaw.repairableFrom].find((one) => one !== null && one !== day) : undefined;
  return { why: 'early', day, other: later ?? null };
}

export const firstDay = ({ state }: OwnRecord, { rules, calendar }: Law, today: CivilDate): FirstDay => firstDayOf(state.facts, state.publicity, rules, calendar, today);

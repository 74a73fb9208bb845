import type { CivilDate, Instant } from '../casefile/types.ts';
import { isPublic, type RecordHappening, type RecordState } from '../records/file.ts';
import type { ReleaseCause, ReleaseOpening, UsedBy } from './facts.ts';

/** What the units that use a record are to be told of. The office that supervises is found when its case is opened. */
export interface ReleaseDue {
  /** Names the cause among those of its record, for ever: one is told of once. */
  readonly name: string;
  readonly record: string;
  readonly at: Instant;
  readonly title: string;
  readonly opening: Omit<ReleaseOpening, 'offices'>;
}

interface Changed {
  readonly before: Pick<RecordState, 'status' | 'holds'>;
  readonly after: RecordState;
  readonly what: RecordHappening;
  readonly today: CivilDate;
}

const isHeld = ({ holds }: Pick<RecordState, 'holds'>): boolean => Object.keys(holds).length > 0;

/**
 * The cause that an event of a record's file is for the units that use it; null for none. What a case brought about it
 * tells them itself: a repair, and a withdrawal that names its case. Of several holds the first suspends, and the last
 * that is lifted shows again, unless the term ended meanwhile.
 */
function causeOf({ before, after, what, today }: Changed): { cause: ReleaseCause; reason: string | null } | null {
  if (before.status !== 'published') return null;
  switch (what.type) {
    case 'record.ended':
      return { cause: 'ended', reason: null };
    case 'record.unpublished':
      return { cause: 'unpublished', reason: what.reason };
    case 'record.finalised':
      return { cause: 'finalised', reason: what.reason };
    case 'record.withdrawn':
      return what.because === null ? { cause: 'withdrawn', reason: what.reason } : null;
    case 'record.held':
      return isHeld(before) ? null : { cause: what.hold === 'shield' ? 'shielded' : 'suspended', reason: what.reason };
    case 'record.unheld':
      return isPublic(after, today) ? { cause: 'shownAgain', reason: what.reason } : null;
    default:
      return null;
  }
}

export const usedBy = ({ uses }: Pick<RecordState, 'uses'>): UsedBy[] =>
  Object.entries(uses).map(([unit, use]) => ({ unit, ...use })).toSorted((a, b) => (a.unit < b.unit ? -1 : 1));

/** Titles are written in the file once and for all, as those of applications are. */
const titles: Readonly<Record<ReleaseCause, string>> = {
  ended: '公示期满',
  withdrawn: '已撤下',
  unpublished: '更正后不再公示',
  finalised: '因重整计划执行完毕终止公示',
  suspended: '暂停公示',
  shielded: '重整期间暂时屏蔽',
  shownAgain: '恢复公示',
  frozen: '因重码冻结',
  unfrozen: '重码已更正，恢复适用',
};

/** What is due to the units that use a record, all told of at once. */
export function dueOf(state: RecordState, at: Instant, of: { name: string; cause: ReleaseCause; reason: string | null; used: readonly UsedBy[] }): ReleaseDue {
  const { unit, documentNo, decidedOn, subject } = state.facts;
  const { name, cause, reason, used } = of;
  return {
    name,
    record: state.id,
    at,
    title: `${subject.kind === 'organisation' ? subject.name : subject.masked}的失信信息${titles[cause]}`,
    opening: { unit, informed: [unit], record: { id: state.id, documentNo, decidedOn }, subject, cause, reason, at, used },
  };
}

/** What an event makes due; null where no unit uses the record, or the event is none of their business. */
export function dueAfter(changed: Changed & { seq: number; at: Instant }): ReleaseDue | null {
  const used = usedBy(changed.after);
  const found = used.length === 0 ? null : causeOf(changed);
  return found && dueOf(changed.after, changed.at, { name: `event ${changed.seq}`, ...found, used });
}

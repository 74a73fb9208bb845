import type { Draft } from './events.ts';
import { openTasks } from './fold.ts';
import type { CaseState, Instant, Rung } from './types.ts';

/** The next thing that time alone will do to a case. */
export interface Ring {
  at: Instant;
  /** Names the ring for ever, so that it is recorded once. */
  key: string;
  draft: Draft;
}

const rungs: readonly Rung[] = ['soon', 'due', 'head', 'supervisor'];

/**
 * The earliest of: a rung of an open task's ladder not stepped on yet, the deadline of a task for which nobody waits
 * longer, the end of a disclosure's term. A clock that stands still rings nothing.
 * One timer a case waits for it; whatever happens before makes it ask again.
 */
export function nextRing(state: CaseState): Ring | null {
  let next: Ring | null = null;
  const offer = (ring: Ring): void => {
    if (!next || ring.at < next.at) next = ring;
  };
  for (const task of openTasks(state)) {
    if (!task.deadline || task.suspended) continue;
    const { version, ladder, at: end } = task.deadline;
    for (const rung of task.lapses ? (['soon'] as const) : rungs) {
      const at = ladder[rung];
      if (at === null || task.rungs.includes(`${version}:${rung}`)) continue;
      offer({ at, key: `rung:${task.id}:${version}:${rung}`, draft: { type: 'task.rung', task: task.id, rung, version } });
    }
    if (task.lapses) offer({ at: end, key: `lapse:${task.id}:${version}`, draft: { type: 'task.cancelled', task: task.id, reason: 'lapsed' } });
  }
  for (const disclosure of state.disclosures) {
    if (disclosure.status !== 'published') continue;
    offer({
      at: disclosure.until,
      key: `disclosure-end:${disclosure.id}`,
      draft: { type: 'disclosure.ended', disclosure: disclosure.id },
    });
  }
  return next;
}

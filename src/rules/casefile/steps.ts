import { isClosed, openTasks } from './fold.ts';
import type { Process } from './process.ts';
import type { CaseState, TaskState } from './types.ts';

/** The step at which a case stands: the earliest with an open task; once closed, none. */
export function stepAmong(steps: readonly string[], stages: Process['stages'], state: CaseState): string | null {
  if (isClosed(state)) return null;
  const reached = (tasks: readonly TaskState[]): number[] =>
    tasks
      .map((task) => stages[task.stage]?.step ?? null)
      .filter((step) => step !== null)
      .map((step) => steps.indexOf(step));
  const open = reached(openTasks(state));
  // Between two stages no main task is open for a moment: the last step that was reached stands.
  const at = open.length > 0 ? Math.min(...open) : Math.max(0, ...reached(Object.values(state.tasks)));
  return steps[at] ?? steps[0] ?? null;
}

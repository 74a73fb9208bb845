import type { Logger } from 'pino';
import { actingAs, commandIdFor } from '../../platform/casefile/acting.ts';
import { Refused, type CaseGateway } from '../../platform/casefile/gateway.ts';
import { Unavailable } from '../../platform/http/errors.ts';
import type { Person } from '../../rules/people.ts';
import { sayRefusal, type Words } from '../tasks/index.ts';
import type { BoardTask } from './queries.ts';

/** At most so many tasks are urged with one form. */
export const mostUrged = 50;

export interface UrgeOutcome {
  urged: BoardTask[];
  /** With the sentence that tells why not. */
  refused: { task: BoardTask; reason: string }[];
  /** Not recorded, as a part is away; the ids of these are given up, a form with another id may bring them. */
  left: BoardTask[];
}

/**
 * Urges each task by a command of its own, one after the other. A form that is sent twice urges once. At the first one
 * that could not be recorded it stops: the others would wait as long for the same part.
 */
export async function urgeAll(
  gateway: CaseGateway,
  tasks: readonly BoardTask[],
  { person, text, formId, requestId, words, logger }: { person: Person; text: string; formId: string; requestId: string; words: Words; logger: Pick<Logger, 'error'> },
): Promise<UrgeOutcome> {
  const outcome: UrgeOutcome = { urged: [], refused: [], left: [] };
  for (const [n, task] of tasks.entries()) {
    try {
      await gateway.act(task.kind, task.caseId, {
        id: commandIdFor(formId, task.slug),
        by: actingAs(person),
        act: { type: 'urge', task: task.taskId, text },
        seen: null,
        requestId,
        at: null,
      });
      outcome.urged.push(task);
    } catch (error) {
      if (error instanceof Refused) {
        outcome.refused.push({ task, reason: sayRefusal(error.said, words, task) });
      } else if (error instanceof Unavailable && error.recorded === 'no') {
        logger.error({ requestId, err: error.cause ?? error }, 'an act was not recorded');
        return { ...outcome, left: tasks.slice(n) };
      } else throw error;
    }
  }
  return outcome;
}

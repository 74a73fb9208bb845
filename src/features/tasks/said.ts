import type { CaseKind, Said } from '../../rules/casefile/types.ts';
import type { Words } from './words.ts';

/** Instants that a refusal names; the rest of its parameters are words already. */
const instants = ['at', 'until'] as const;

/** Why an act was refused, in the reader's language: instants and outcomes become words. */
export function sayRefusal({ key, params = {} }: Said, words: Words, task?: { kind: CaseKind; stage: string }): string {
  const said: Record<string, string | number> = { ...params };
  for (const name of instants) {
    const value = said[name];
    if (typeof value === 'string' && value !== '') said[name] = words.moments.shortTime(new Date(value), words.now).text;
  }
  if (task !== undefined && key === 'refused.taskDone') said['outcome'] = words.outcome(task.kind, task.stage, String(said['outcome']));
  return words.t(`acts:${key}`, said);
}

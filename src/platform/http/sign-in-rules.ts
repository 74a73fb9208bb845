import { NoRuleValid } from '../../rules/limits/index.ts';
import type { RuleBook, Rules } from '../rules.ts';
import { defaultSignInRules, type SignInRules } from './feature.ts';

/** Asked for by nearly every request, so a changed rule may take this long to hold. */
const MAX_AGE_MS = 60_000;

const SHANGHAI_MS = 8 * 3_600_000;

/** Where no rule is loaded yet the usual value holds, as somebody has to sign in to load one. */
function numberOr(usual: number, book: RuleBook, code: string, today: string): number {
  try {
    return book.numberOn(code, today);
  } catch (error) {
    if (error instanceof NoRuleValid) return usual;
    throw error;
  }
}

/** The rule rows that guard signing in, as they are valid today in Asia/Shanghai. */
export function createSignInRules(rules: Rules, clock: () => Date = () => new Date()): () => Promise<SignInRules> {
  return async () => {
    const book = await rules.current(MAX_AGE_MS);
    const today = new Date(clock().getTime() + SHANGHAI_MS).toISOString().slice(0, 10);
    return {
      attempts: numberOr(defaultSignInRules.attempts, book, 'sign-in.attempts', today),
      lockMinutes: numberOr(defaultSignInRules.lockMinutes, book, 'sign-in.lock-minutes', today),
      idleMinutes: numberOr(defaultSignInRules.idleMinutes, book, 'session.idle-minutes', today),
    };
  };
}

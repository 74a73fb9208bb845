import { NoRuleValid } from '../../rules/limits/index.ts';
import type { Config } from '../../config.ts';
import { secondFactorGroup, type Person, type SecondFactorGroup } from '../../rules/people.ts';
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

/** A number of the rule rows as it is valid today in Asia/Shanghai; the usual one where no rule is loaded yet. */
export async function ruleNumber(rules: Rules, code: string, usual: number, now = new Date()): Promise<number> {
  return numberOr(usual, await rules.current(MAX_AGE_MS), code, new Date(now.getTime() + SHANGHAI_MS).toISOString().slice(0, 10));
}

/** The rule rows that guard signing in, as they are valid today in Asia/Shanghai. */
export function createSignInRules(rules: Rules, clock: () => Date = () => new Date()): () => Promise<SignInRules> {
  return async () => {
    const book = await rules.current(MAX_AGE_MS);
    const today = new Date(clock().getTime() + SHANGHAI_MS).toISOString().slice(0, 10);
    const number = (usual: number, code: string): number => numberOr(usual, book, code, today);
    const usual = defaultSignInRules;
    const asks = (whom: SecondFactorGroup): boolean => number(Number(usual.secondFactor[whom]), `second-factor.${whom}`) === 1;
    return {
      attempts: number(usual.attempts, 'sign-in.attempts'),
      lockMinutes: number(usual.lockMinutes, 'sign-in.lock-minutes'),
      idleMinutes: number(usual.idleMinutes, 'session.idle-minutes'),
      longestHours: number(usual.longestHours, 'session.longest-hours'),
      accountAttempts: number(usual.accountAttempts, 'sign-in.account-attempts'),
      accountDelaySeconds: number(usual.accountDelaySeconds, 'sign-in.account-delay-seconds'),
      sessionsAPerson: number(usual.sessionsAPerson, 'session.per-person'),
      passwordHistory: number(usual.passwordHistory, 'password.history'),
      tokenDays: number(usual.tokenDays, 'token.max-days'),
      secondFactor: { administrators: asks('administrators'), heads: asks('heads'), others: asks('others') },
    };
  };
}

/** Whether the rules ask this person for a second factor; in the demo city only when its settings say so. */
export async function needsSecondFactor(config: Pick<Config, 'seed' | 'demoSecondFactor'>, rules: () => Promise<SignInRules>, person: Pick<Person, 'roles'>): Promise<boolean> {
  if (config.seed === 'demo' && !config.demoSecondFactor) return false;
  return (await rules()).secondFactor[secondFactorGroup(person)];
}

/** Whether a person is asked for a second factor and has neither an app nor a passkey yet. */
export const createLacksSecondFactor = (config: Pick<Config, 'seed' | 'demoSecondFactor'>, rules: () => Promise<SignInRules>) =>
  async (person: Pick<Person, 'roles'> & { readonly hasSecondFactor: boolean; readonly hasPasskey: boolean }): Promise<boolean> =>
    !person.hasSecondFactor && !person.hasPasskey && needsSecondFactor(config, rules, person);

import type { Request, Router } from 'express';
import type { Knex } from 'knex';
import type { PassportStatic } from 'passport';
import type { Logger } from 'pino';
import type { Config } from '../../config.ts';
import type { Person, SecondFactorGroup } from '../../rules/people.ts';
import type { I18n } from '../i18n.ts';
import type { UnitDirectory } from '../units.ts';
import type { AccessLog } from './access-log.ts';
import type { Csrf } from './csrf.ts';
import type { Cursors } from './cursor.ts';
import type { KeptForms } from './kept-forms.ts';
import type { Counters, Limiter } from './rate-limit.ts';
import type { IconName } from './view-models.ts';

/** How signing in is guarded; the rule rows `sign-in.…` and `session.…`. */
export interface SignInRules {
  /** Wrong passwords in a row from one place until the account is locked there. */
  readonly attempts: number;
  readonly lockMinutes: number;
  /** Minutes without a request until one has to sign in again. */
  readonly idleMinutes: number;
  /** Hours after a sign-in until one has to sign in again, whatever was done meanwhile. */
  readonly longestHours: number;
  /** Wrong passwords within an hour, from places that are not the owner's, until the account is slowed down for such places. */
  readonly accountAttempts: number;
  /** Seconds between two tries on an account that is slowed down. */
  readonly accountDelaySeconds: number;
  /** How many sessions one person may have at once; a new sign-in ends the oldest. */
  readonly sessionsAPerson: number;
  /** A new password is none of so many before the present one. */
  readonly passwordHistory: number;
  /** Days that a token of the API may be valid at most. */
  readonly tokenDays: number;
  /** Who has to sign in with a code of an app; everybody may. */
  readonly secondFactor: Readonly<Record<SecondFactorGroup, boolean>>;
}

export const defaultSignInRules: SignInRules = {
  attempts: 5, lockMinutes: 30, idleMinutes: 20, longestHours: 12, accountAttempts: 20, accountDelaySeconds: 60, sessionsAPerson: 1, passwordHistory: 5, tokenDays: 366,
  secondFactor: { administrators: true, heads: true, others: false },
};

/** What the web gives every feature to build its routes with. */
export interface Ground {
  readonly config: Config;
  readonly knex: Knex;
  readonly logger: Logger;
  readonly i18n: I18n;
  readonly passport: PassportStatic;
  readonly csrf: Csrf;
  readonly keptForms: KeptForms;
  readonly accessLog: AccessLog;
  readonly cursors: Cursors;
  readonly counters: Counters;
  readonly limiter: Limiter;
  /** The tree of units, kept for some seconds; `seesAll` and `unitsOf` take it. */
  readonly units: UnitDirectory;
  readonly signInRules: () => Promise<SignInRules>;
  readonly clock: () => Date;
}

/** An entry of the side bar. Entries of the same group stand together under its name. */
export interface NavEntry {
  readonly href: string;
  /** i18n key. */
  readonly label: string;
  readonly icon: IconName;
  /** Place in the side bar: work 0–99, supervision 100–199, public matters 200–299, administration 300–399, account 900. */
  readonly order: number;
  /** i18n key of the group's name. */
  readonly group?: string;
  /** Whether this person may open it; without it, everybody. A public feature's entries stand on public pages only. */
  readonly shownTo?: (person: Person) => boolean;
}

/**
 * Routes under one path. `staff` needs a signed-in person; `public` does not; `api` is for machines:
 * bearer tokens, JSON, no form tokens. The longest path that matches decides.
 */
export interface Feature {
  readonly access: 'staff' | 'public' | 'api';
  readonly path: string;
  readonly router: Router;
  readonly nav?: readonly NavEntry[];
  /** A public feature whose forms take files, and from whom: an unknown visitor fills no disk. Staff forms always may. */
  readonly takesFiles?: (req: Request) => boolean;
  /** The largest file that its forms take, in bytes, where that is more than those of others may be. */
  readonly largestFile?: number;
}

export type FeatureFactory = (ground: Ground) => Feature | readonly Feature[];

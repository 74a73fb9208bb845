import type { Knex } from 'knex';
import type { CaseGateway } from '../../platform/casefile/gateway.ts';
import type { Files } from '../../platform/files.ts';
import type { Ground } from '../../platform/http/feature.ts';
import type { Law, ReadLaw } from '../../platform/law.ts';
import type { Seal } from '../../platform/seal.ts';
import { portalPath, progressPath } from '../../platform/public-paths.ts';
import { numberOf } from '../../rules/limits/index.ts';
import type { PortalKeys } from './keys.ts';
import type { Letters } from './letters.ts';
import type { Visitors } from './visitors.ts';

/** What the portal needs beside the ground of every feature. */
export interface PortalParts {
  readonly gateway: CaseGateway;
  readonly readLaw: ReadLaw;
  readonly files: Files;
  readonly seal: Seal;
  /** Has mails of the outbox sent now. */
  readonly deliver: (mails: readonly string[]) => Promise<void>;
}

/** Everything the feature's own files share. */
export interface Portal extends PortalParts {
  readonly ground: Ground;
  readonly keys: PortalKeys;
  readonly visitors: Visitors;
  readonly letters: Letters;
  /** Sends letters whose news is told on a page as well: one that has to wait stays in the outbox, and nothing else fails. */
  readonly sendNews: (mails: readonly (string | null)[]) => Promise<void>;
}

export { portalPath, progressPath };
export const bindingsPath = '/portal-bindings';

/** The page of a subject's own record: a person has one and needs no number for it. */
export const ownPath = ({ kind, subject }: { kind: 'organisation' | 'person'; subject: string | null }): string =>
  kind === 'person' ? `${portalPath}/self` : `${portalPath}/firms/${subject ?? ''}`;

const OFFSET_MS = 8 * 3_600_000;

/** Today in Asia/Shanghai, YYYY-MM-DD. */
export function todayOf(now: Date): string {
  return new Date(now.getTime() + OFFSET_MS).toISOString().slice(0, 10);
}

/** The rule `file.max-megabytes` of today. */
export const maxMegabytes = ({ rules }: Law, now: Date): number => numberOf(rules.on('file.max-megabytes', todayOf(now)));

/** The mail address of an account; undefined when it was erased. */
export async function addressOf(knex: Knex, seal: Seal, account: string): Promise<string | undefined> {
  return (await seal.unsealReporters(knex, [account])).get(account);
}

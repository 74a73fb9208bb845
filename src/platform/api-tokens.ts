import { createHash, randomBytes } from 'node:crypto';
import type { Knex } from 'knex';
import { runPrepared, type Prepared } from './prepared.ts';
import { SESSION_PERSON, type SessionPerson } from './session-person.ts';

const PREFIX = 'xz_';

/** A token has 256 random bits, so a plain hash keeps it as safe as a slow one would. */
const hashOf = (token: string): string => createHash('sha256').update(token).digest('base64url');

const FIND: Prepared = {
  name: 'api-token-person',
  timeoutMs: 5000,
  text: `
    select a.id, ${SESSION_PERSON} as person, a.pushes_repairs, a.last_used_at is null or a.last_used_at < now() - interval '1 minute' as stale
    from api_token a join person p on p.id = a.person_id and p.active
    where a.token_hash = $1 and a.revoked_at is null and (a.expires_at is null or a.expires_at > now())`,
};

interface FoundToken {
  id: string;
  person: SessionPerson;
  pushes_repairs: boolean;
  stale: boolean;
}

/** Whose token it is, and what it may do beside reading and reporting as its person. */
export interface TokenHolder {
  readonly person: SessionPerson;
  /** It is the upstream platform's: it may push applications for repair. */
  readonly pushesRepairs: boolean;
}

export interface TokenTerms {
  /** What it is for, in its maker's words. */
  readonly purpose?: string;
  readonly expiresAt?: Date | null;
  readonly pushesRepairs?: boolean;
}

/** Makes a token for a person and returns it; only its hash is stored, so it is never seen again. */
export async function createApiToken(knex: Knex, personId: string, { purpose = '', expiresAt = null, pushesRepairs = false }: TokenTerms = {}): Promise<string> {
  const token = PREFIX + randomBytes(32).toString('base64url');
  await knex('api_token').insert({ person_id: personId, token_hash: hashOf(token), purpose, expires_at: expiresAt, pushes_repairs: pushesRepairs });
  return token;
}

/** Who holds a token; null when it is unknown, withdrawn, expired, or the person inactive. */
export async function holderOfToken(knex: Knex, token: string): Promise<TokenHolder | null> {
  if (!token.startsWith(PREFIX)) return null;
  const [found] = await runPrepared<FoundToken>(knex, FIND, [hashOf(token)]);
  if (!found) return null;
  if (found.stale) await knex('api_token').where({ id: found.id }).update({ last_used_at: knex.fn.now() });
  return { person: found.person, pushesRepairs: found.pushes_repairs };
}

import * as client from 'openid-client';
import type { IdentitySettings } from '../config.ts';

/** What a sign-in needs again when its answer comes; kept on this side alone. */
export interface Attempt {
  readonly state: string;
  readonly nonce: string;
  readonly verifier: string;
}

/** What the provider says of somebody, by a token that it signed. */
export interface Vouched {
  /** What the provider calls the account; the same again at each sign-in. */
  readonly subject: string;
  readonly name: string | null;
  /** An address that the provider has verified. */
  readonly mail: string | null;
  /** As the token has them, unchecked; null when it does not say, or not at a level that proves it. */
  readonly firm: { readonly uscc: string; readonly name: string } | null;
  readonly person: { readonly idNumber: string; readonly name: string } | null;
  /** The token's level is one at which the absence of a code says something too. */
  readonly assured: boolean;
}

/** What the library says of an error, in a line for the log: never the claims, which it hangs on its errors as well. */
function said(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  const code = 'code' in error && typeof error.code === 'string' ? `${error.code}: ` : '';
  const answered = error instanceof client.ResponseBodyError || error instanceof client.AuthorizationResponseError ? ` (${error.error})` : '';
  const under = error.cause instanceof Error && error.cause !== error ? `; ${said(error.cause)}` : '';
  return `${code}${error.message}${answered}${under}`;
}

/** The provider does not answer, or answers what no provider does. */
export class IdentityAway extends Error {
  override readonly name = 'IdentityAway';
  constructor(message: string, under: unknown) {
    super(`${message}: ${said(under)}`);
  }
}

/** The answer proves nothing: refused by the provider or by the person, forged, too old, or meant for another sign-in. */
export class IdentityRefused extends Error {
  override readonly name = 'IdentityRefused';
  /** The person himself went back. */
  readonly cancelled: boolean;
  constructor(under: unknown) {
    super(`the identity provider’s answer proves nothing: ${said(under)}`);
    this.cancelled = under instanceof client.AuthorizationResponseError && under.error === 'access_denied';
  }
}

export interface IdentityProvider {
  /** The provider's page to go to, and what must be kept until the answer. @throws IdentityAway */
  begin(): Promise<{ url: string; attempt: Attempt }>;
  /**
   * Redeems the answer: state, code with its PKCE verifier, and an ID token whose signature, issuer, audience, times
   * and nonce are checked (OpenID Connect Core 3.1.3.7).
   * @param query the query of the address that the browser came back with.
   * @throws IdentityAway, IdentityRefused
   */
  finish(query: string, attempt: Attempt): Promise<Vouched>;
  /** Where the sign-in at the provider is ended too; null when it has no such page, or is away. */
  signOutUrl(returnTo: string): Promise<string | null>;
}

const TIMEOUT_SECONDS = 8;
/** The provider's description of itself is read again after this time; while it is away the last one holds. */
const REDISCOVER_MS = 3_600_000;

const textOf = (value: unknown): string | null => (typeof value === 'string' && value.trim() !== '' ? value.trim() : null);

/** What the claims say, by the names that the settings give them. */
function vouchedBy(claims: client.IDToken, { claims: names, levels }: Pick<IdentitySettings, 'claims' | 'levels'>): Vouched {
  const claim = (name: string | undefined): string | null => (name === undefined ? null : textOf(claims[name]));
  const level = claims[names.level];
  const assured = (typeof level === 'string' || typeof level === 'number') && levels.includes(String(level));
  const [name, uscc, firmName, idNumber] = [claim(names.name), claim(names.uscc), claim(names.firmName), claim(names.idNumber)];
  return {
    subject: claims.sub,
    name,
    mail: claims['email_verified'] === true ? textOf(claims['email']) : null,
    firm: assured && uscc !== null && firmName !== null ? { uscc, name: firmName } : null,
    person: assured && idNumber !== null && name !== null ? { idNumber, name } : null,
    assured,
  };
}

/** Errors behind which the provider, or the way to it, is broken; all others are answers that prove nothing. */
function isAway(error: unknown): boolean {
  if (error instanceof client.ResponseBodyError) return error.status >= 500;
  if (error instanceof client.AuthorizationResponseError) return ['server_error', 'temporarily_unavailable'].includes(error.error);
  if (!(error instanceof Error)) return false;
  const code = 'code' in error ? error.code : undefined;
  if (code === 'OAUTH_TIMEOUT' || code === 'OAUTH_ABORT' || code === 'OAUTH_RESPONSE_IS_NOT_CONFORM') return true;
  return error instanceof TypeError && code === undefined;
}

/**
 * An OpenID Connect provider by the authorization code flow with PKCE. It is asked for its description when it is first
 * needed, so that a house starts while its provider is away.
 * @param returnTo where the provider sends the browser back; registered there.
 */
export function createIdentityProvider(settings: IdentitySettings, returnTo: string): IdentityProvider {
  const issuer = new URL(settings.issuer);
  const secret = settings.clientSecret.export().toString('utf8');
  let known: { config: client.Configuration; at: number } | null = null;

  const discover = (): Promise<client.Configuration> =>
    client.discovery(issuer, settings.clientId, undefined, authentication(secret), {
      // Tokens come over a connection that is checked; their signatures are checked all the same.
      execute: [client.enableNonRepudiationChecks, ...(issuer.protocol === 'http:' ? [client.allowInsecureRequests] : [])],
      timeout: TIMEOUT_SECONDS,
    });

  async function configuration(): Promise<client.Configuration> {
    const now = performance.now();
    if (known && now - known.at < REDISCOVER_MS) return known.config;
    const before = known?.config;
    const config = await discover().catch((error: unknown) => {
      if (!before) throw new IdentityAway('the identity provider does not describe itself', error);
      return before;
    });
    known = { config, at: now };
    return config;
  }

  return {
    async begin() {
      const config = await configuration();
      const attempt: Attempt = { state: client.randomState(), nonce: client.randomNonce(), verifier: client.randomPKCECodeVerifier() };
      const url = client.buildAuthorizationUrl(config, {
        redirect_uri: returnTo,
        scope: settings.scopes,
        state: attempt.state,
        nonce: attempt.nonce,
        code_challenge: await client.calculatePKCECodeChallenge(attempt.verifier),
        code_challenge_method: 'S256',
      });
      return { url: url.href, attempt };
    },
    async finish(query, { state, nonce, verifier }) {
      const config = await configuration();
      const answer = new URL(returnTo);
      answer.search = query;
      try {
        const tokens = await client.authorizationCodeGrant(config, answer, { expectedState: state, expectedNonce: nonce, pkceCodeVerifier: verifier, idTokenExpected: true });
        const claims = tokens.claims();
        if (!claims) throw new Error('it holds no ID token');
        return vouchedBy(claims, settings);
      } catch (error) {
        throw isAway(error) ? new IdentityAway('the identity provider did not answer', error) : new IdentityRefused(error);
      }
    },
    async signOutUrl(returnsTo) {
      try {
        const config = await configuration();
        if (config.serverMetadata().end_session_endpoint === undefined) return null;
        return client.buildEndSessionUrl(config, { post_logout_redirect_uri: returnsTo }).href;
      } catch {
        return null;
      }
    },
  };
}

/** The secret by the way that the provider takes; the header where it does not say (RFC 8414). */
function authentication(secret: string): client.ClientAuth {
  const [header, body] = [client.ClientSecretBasic(secret), client.ClientSecretPost(secret)];
  return (server, ...rest) => {
    const taken = server.token_endpoint_auth_methods_supported ?? ['client_secret_basic'];
    return taken.includes('client_secret_basic') ? header(server, ...rest) : body(server, ...rest);
  };
}

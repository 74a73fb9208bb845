import { generateKeyPairSync, sign, type KeyObject } from 'node:crypto';
import { once } from 'node:events';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { JWK, Provider } from 'oidc-provider';

/** What the provider states of an account, as claims of the ID token. */
export type Claims = Readonly<Record<string, string | boolean>>;

/** An OpenID Connect provider of one suite: a real one, over HTTP, with accounts that sign in without a page. */
export interface OwnIdentityProvider {
  readonly issuer: string;
  readonly clientId: string;
  readonly clientSecret: string;
  /** Who signs in next, and what is said of him. */
  account(sub: string, claims: Claims): void;
  /** The person goes back instead of signing in, until he is told otherwise. */
  refuses(yes: boolean): void;
  /** Every ID token is given these claims and signed anew on its way, with the provider's key or another; null: none is. */
  forge(forgery: { claims?: Readonly<Record<string, string | number>>; otherKey?: boolean } | null): void;
  /** Follows an authorization address as a browser would; gives the path and query of the answer. */
  signIn(url: string): Promise<string>;
  /** Answers nobody until it is up again. */
  away(): Promise<void>;
  back(): Promise<void>;
  close(): Promise<void>;
}

const KEY_ID = 'one';
const newKey = (): KeyObject => generateKeyPairSync('ec', { namedCurve: 'P-256' }).privateKey;
const part = (value: object): string => Buffer.from(JSON.stringify(value)).toString('base64url');

/** A token with some claims changed and a signature that is right for this key. */
function signedAnew(token: string, claims: Readonly<Record<string, string | number>>, key: KeyObject): string {
  const before = JSON.parse(Buffer.from(token.split('.')[1] ?? '', 'base64url').toString('utf8')) as object;
  const body = `${part({ alg: 'ES256', kid: KEY_ID })}.${part({ ...before, ...claims })}`;
  return `${body}.${sign('sha256', Buffer.from(body), { key, dsaEncoding: 'ieee-p1363' }).toString('base64url')}`;
}

/** @param returnTo the address that sign-ins come back to, and the one that sign-outs do. */
export async function startIdentityProvider({ returnTo, signedOut }: { returnTo: string; signedOut: string }): Promise<OwnIdentityProvider> {
  const clientId = 'xinzhi-portal';
  const clientSecret = 'a secret that only the tests use';
  let who: { sub: string; claims: Claims } = { sub: 'nobody', claims: {} };
  let refusing = false;
  let forging: Parameters<OwnIdentityProvider['forge']>[0] = null;
  const [own, other] = [newKey(), newKey()];
  let answer: (req: IncomingMessage, res: ServerResponse) => Promise<void> = () => Promise.resolve();
  let server: Server;

  async function listen(port: number): Promise<number> {
    server = createServer((req, res) => void answer(req, res));
    server.listen(port, '127.0.0.1');
    await once(server, 'listening');
    return (server.address() as AddressInfo).port;
  }
  async function stop(): Promise<void> {
    server.closeAllConnections();
    server.close();
    await once(server, 'close');
  }

  /** What the provider thinks of the way it is run here is for those who would run it. */
  async function quietly<T>(work: () => T | Promise<T>): Promise<T> {
    const shown = globalThis.console;
    globalThis.console = Object.create(shown, { warn: { value: () => undefined } }) as Console;
    try {
      return await work();
    } finally {
      globalThis.console = shown;
    }
  }

  const port = await listen(0);
  const issuer = `http://127.0.0.1:${port}`;
  const { Provider: RealProvider } = await quietly(() => import('oidc-provider'));
  const provider: Provider = await quietly(() => new RealProvider(issuer, {
    clients: [{ client_id: clientId, client_secret: clientSecret, redirect_uris: [returnTo], post_logout_redirect_uris: [signedOut], id_token_signed_response_alg: 'ES256' }],
    jwks: { keys: [{ ...own.export({ format: 'jwk' }), alg: 'ES256', use: 'sig', kid: KEY_ID } as JWK] },
    cookies: { keys: ['only the tests'] },
    conformIdTokenClaims: false,
    claims: { openid: ['sub', 'name', 'email', 'email_verified', 'corp_name', 'corp_code', 'id_number', 'assurance'] },
    features: { devInteractions: { enabled: false } },
    interactions: { url: (_ctx, { uid }) => `/interaction/${uid}` },
    ttl: { IdToken: 300, AccessToken: 300, AuthorizationCode: 60, Session: 300, Grant: 300, Interaction: 300 },
    findAccount: (_ctx, sub) => ({ accountId: sub, claims: () => ({ sub, ...who.claims }) }),
    // Consent is none of this house's business.
    async loadExistingGrant({ oidc }) {
      const grant = new oidc.provider.Grant({ accountId: oidc.session?.accountId ?? '', clientId });
      grant.addOIDCScope('openid');
      await grant.save();
      return grant;
    },
  }));
  const handle = provider.callback();
  /** What the token endpoint says is changed on its way out. */
  function forge(res: ServerResponse, { claims = {}, otherKey = false }: NonNullable<typeof forging>): void {
    const send = res.end.bind(res);
    res.end = ((content: string) => {
      const said = JSON.parse(content) as { id_token?: string };
      const forged = JSON.stringify(said.id_token === undefined ? said : { ...said, id_token: signedAnew(said.id_token, claims, otherKey ? other : own) });
      res.setHeader('Content-Length', Buffer.byteLength(forged));
      return send(forged);
    }) as typeof res.end;
  }
  answer = async (req, res) => {
    if (forging && req.url === '/token') forge(res, forging);
    if (req.url?.startsWith('/interaction/') !== true) return handle(req, res);
    await provider.interactionFinished(req, res, refusing ? { error: 'access_denied' } : { login: { accountId: who.sub } });
  };

  return {
    issuer,
    clientId,
    clientSecret,
    account(sub, claims) {
      who = { sub, claims };
    },
    refuses(yes) {
      refusing = yes;
    },
    forge(forgery) {
      forging = forgery;
    },
    async signIn(url) {
      const cookies = new Map<string, string>();
      let at = url;
      for (let hop = 0; hop < 10 && !at.startsWith(returnTo); hop += 1) {
        const response = await fetch(at, { redirect: 'manual', headers: { cookie: [...cookies].map(([name, value]) => `${name}=${value}`).join('; ') } });
        for (const line of response.headers.getSetCookie()) {
          const [, name = '', value = ''] = /^([^=]+)=([^;]*)/.exec(line) ?? [];
          cookies.set(name, value);
        }
        const location = response.headers.get('location');
        if (location === null) throw new Error(`the provider answered ${response.status}: ${(await response.text()).slice(0, 300)}`);
        at = new URL(location, at).href;
      }
      const { pathname, search } = new URL(at);
      return `${pathname}${search}`;
    },
    away: stop,
    async back() {
      await listen(port);
    },
    async close() {
      if (server.listening) await stop();
    },
  };
}

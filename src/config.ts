import { createSecretKey, type KeyObject } from 'node:crypto';
import { resolve } from 'node:path';
import { z } from 'zod';
import type { ClamdAddress } from './platform/clamd.ts';
import { OperatorError } from './platform/operator-error.ts';

/** The secrets of an installation. In development they are made once and kept in the data folder. */
export interface Secrets {
  /** Signs session cookies. */
  readonly session: string;
  /** Encrypts Temporal payloads; the first encrypts, all decrypt, so a key can be changed. 32 bytes each. */
  readonly payload: readonly [KeyObject, ...KeyObject[]];
  /** Keys the hash chain of case events. 32 bytes. */
  readonly chain: KeyObject;
  /** Wraps the keys under which personal data is sealed. 32 bytes. */
  readonly seal: KeyObject;
}

/** Where the other servers are. */
export interface Addresses {
  /** `postgres://…` */
  readonly databaseUrl: string;
  /** `host:port` of Temporal's front end. */
  readonly temporalAddress: string;
  /** `smtp://…` or `smtps://…` */
  readonly smtpUrl: string;
}

/** The database by other roles than that of the application. */
export interface DatabaseAdministration {
  /** By the role that owns the schema; where there is none, the application's does. */
  readonly ownerUrl: string;
  /** By the server's superuser, who makes roles. */
  readonly superuserUrl: string;
}

/** An OpenID Connect provider that vouches for those who sign in to the portal. */
export interface IdentitySettings {
  /** Without a trailing slash only if the provider's own identifier has none. */
  readonly issuer: string;
  readonly clientId: string;
  readonly clientSecret: KeyObject;
  /** With spaces between; contains `openid`. */
  readonly scopes: string;
  /** Names of claims of the ID token; undefined where the provider makes no such statement, or it is not to be used. */
  readonly claims: {
    readonly name: string;
    readonly uscc: string | undefined;
    readonly firmName: string | undefined;
    readonly idNumber: string | undefined;
    readonly level: string;
  };
  /** Values of the level's claim at which code and ID number are taken for proved; empty when none is. */
  readonly levels: readonly string[];
}

type Partly<T> = { readonly [K in keyof T]: T[K] | undefined };

/** What the environment says, defaults filled in; what it leaves open is `undefined`. */
export interface Settings {
  readonly mode: 'development' | 'production' | 'test';
  readonly host: string;
  readonly port: number | undefined;
  /** Where a worker answers `/metrics` and `/health/live`; nowhere when undefined. */
  readonly workerPort: number | undefined;
  /** Without a trailing slash; stands in mails. */
  readonly publicUrl: string | undefined;
  /** Express' `trust proxy`: the number of proxies in front, or their addresses. */
  readonly trustProxy: false | number | readonly string[];
  /** Absolute path. */
  readonly dataFolder: string;
  readonly seed: 'demo' | 'none';
  readonly demoPassword: string;
  /** Whether the demo city asks for second factors as the rules say. */
  readonly demoSecondFactor: boolean;
  readonly temporalNamespace: string;
  /** The `From` of every mail. */
  readonly mailFrom: string;
  /** Mails a second, over all workers. */
  readonly mailRate: number;
  readonly hash: 'sha256' | 'sm3';
  readonly cipher: 'aes-256-gcm' | 'sm4';
  /** How long a page waits for an act to be recorded, in milliseconds. */
  readonly actTimeoutMs: number;
  /** Megabytes of the data folder's disk that acts leave free for what is under way; 0: none. */
  readonly diskReserveMb: number;
  /** Undefined: uploaded files are taken as they are. */
  readonly scanner: ClamdAddress | undefined;
  readonly logLevel: 'fatal' | 'error' | 'warn' | 'info' | 'debug' | 'trace' | 'silent';
  /** Undefined: the portal is entered by links in mails alone. */
  readonly identity: IdentitySettings | undefined;
  /** Undefined: people of the house sign in by name and password alone. */
  readonly staffIdentity: IdentitySettings | undefined;
  readonly addresses: Partly<Addresses>;
  /** By roles that no process of the application has: commands of the operator alone ask for them. */
  readonly administration: Partly<DatabaseAdministration>;
  readonly secrets: Partly<Secrets>;
}

/** Everything a process needs to know, nothing left open. */
export interface Config extends Omit<Settings, 'addresses' | 'administration' | 'secrets' | 'port' | 'publicUrl'>, Addresses {
  readonly port: number;
  readonly publicUrl: string;
  readonly secrets: Secrets;
}

/** Bad settings; the message has one line for each of them. */
export class ConfigError extends OperatorError {
  override readonly name = 'ConfigError';
  readonly problems: readonly string[];

  constructor(problems: readonly string[]) {
    super(['These settings are wrong:', ...problems.map((problem) => `  ${problem}`)].join('\n'));
    this.problems = problems;
  }
}

export const DEFAULT_PORT = 3000;
export const DEFAULT_DEMO_PASSWORD = 'Xinzhi-demo-2026';

/** A setting of the environment: how it is read, and how a wrong one is explained. */
interface Setting {
  readonly read: z.ZodType<unknown, string | undefined>;
  readonly expected: string;
  /** A wrong value is not repeated in the message. */
  readonly secret?: true;
}

const wholeNumber = (least: number, most: number) =>
  z.string().regex(/^\d{1,9}$/).transform(Number).pipe(z.number().min(least).max(most));

const url = (...schemes: string[]) =>
  z.string().refine((text) => URL.canParse(text) && schemes.includes(new URL(text).protocol.slice(0, -1)));

const withoutTrailingSlash = (text: string) => text.replace(/\/+$/, '');

const KEY_BYTES = 32;
const HEX_KEY = /^[0-9a-f]{64}$/i;
const BASE64_KEY = /^[0-9A-Za-z+/]{43}=$/;

function parseKey(text: string): KeyObject | undefined {
  if (HEX_KEY.test(text)) return createSecretKey(Buffer.from(text, 'hex'));
  if (BASE64_KEY.test(text)) return createSecretKey(Buffer.from(text, 'base64'));
  return undefined;
}

const key = z.string().transform((text, context) => {
  const parsed = parseKey(text);
  if (parsed === undefined) context.addIssue('not a key');
  return parsed ?? z.NEVER;
});

const keys = z.string().transform((text): string[] => text.split(',').map((part) => part.trim()))
  .pipe(z.tuple([key], key));

const trustProxy = z.union([
  z.literal('false').transform((): false => false),
  wholeNumber(1, 9),
  z.string().regex(/^[0-9a-f.:/]*[.:][0-9a-f.:/]*(,[0-9a-f.:/]+)*$/i).transform((text) => text.split(',')),
]);

/** Content goes to it in the clear: never to another machine. */
const clamd = z.union([
  z.string().regex(/^\/[^\0]{1,100}$/u).transform((path): ClamdAddress => ({ path })),
  z.string().regex(/^(?:127\.\d{1,3}\.\d{1,3}\.\d{1,3}|localhost|\[::1\]):\d{1,5}$/u).transform((text): ClamdAddress => {
    const { hostname, port } = new URL(`tcp://${text}`);
    return { host: hostname.replace(/^\[|\]$/gu, ''), port: Number(port) };
  }),
]);

const KEY_EXPECTED = `a key of ${KEY_BYTES} bytes in base64 or hexadecimal (openssl rand -base64 ${KEY_BYTES})`;
const claimName = z.string().regex(/^[^\s]{1,200}$/);
const scopes = z.string().regex(/^[\x21\x23-\x5B\x5D-\x7E ]+$/).refine((text) => text.split(/ +/u).includes('openid'));
const SCOPES_EXPECTED = 'scopes with spaces between, openid among them';
const CLAIM_EXPECTED = 'the name of a claim, without spaces';
const LEVELS = ['fatal', 'error', 'warn', 'info', 'debug', 'trace', 'silent'] as const;

const SETTINGS = {
  NODE_ENV: { read: z.enum(['development', 'production', 'test']).default('development'), expected: 'development, production or test' },
  HOST: { read: z.string().regex(/^[0-9A-Za-z.:-]+$/).default('127.0.0.1'), expected: 'a host name or address to listen on' },
  PORT: { read: wholeNumber(1, 65_535).optional(), expected: 'a port from 1 to 65535' },
  XINZHI_WORKER_PORT: { read: wholeNumber(1, 65_535).optional(), expected: 'a port from 1 to 65535' },
  PUBLIC_URL: { read: url('http', 'https').transform(withoutTrailingSlash).optional(), expected: 'an address that begins with http:// or https://' },
  TRUST_PROXY: { read: trustProxy.default(false), expected: 'false, the number of proxies in front (1 to 9), or their addresses with commas between' },
  XINZHI_DATA: { read: z.string().default('.data'), expected: 'a folder' },
  XINZHI_SEED: { read: z.enum(['demo', 'none']).optional(), expected: 'demo or none' },
  XINZHI_DEMO_PASSWORD: { read: z.string().min(8).max(128).default(DEFAULT_DEMO_PASSWORD), expected: 'a password of 8 to 128 characters', secret: true },
  XINZHI_DEMO_SECOND_FACTOR: { read: z.enum(['0', '1']).default('0').transform((value) => value === '1'), expected: '0 or 1' },
  DATABASE_URL: { read: url('postgres', 'postgresql').optional(), expected: 'an address like postgres://user:password@host:5432/database', secret: true },
  DATABASE_OWNER_URL: { read: url('postgres', 'postgresql').optional(), expected: 'an address like postgres://owner:password@host:5432/database', secret: true },
  DATABASE_SUPERUSER_URL: { read: url('postgres', 'postgresql').optional(), expected: 'an address like postgres://superuser:password@host:5432/postgres', secret: true },
  TEMPORAL_ADDRESS: { read: z.string().regex(/^[^\s/:]+:\d{1,5}$|^\[[0-9a-f:]+\]:\d{1,5}$/i).optional(), expected: 'an address like host:7233' },
  TEMPORAL_NAMESPACE: { read: z.string().regex(/^[0-9A-Za-z][0-9A-Za-z._-]{1,62}$/).default('xinzhi'), expected: '2 to 63 letters, digits, dots, hyphens or underscores' },
  SMTP_URL: { read: url('smtp', 'smtps').optional(), expected: 'an address like smtp://user:password@host:25', secret: true },
  XINZHI_MAIL_FROM: { read: z.string().regex(/^[^\r\n]*[^\s@<>]+@[^\s@<>]+>?$/).default('信治 Xinzhi <noreply@xinzhi.example>'), expected: 'a mail address, with a name or without' },
  XINZHI_MAIL_RATE: { read: wholeNumber(1, 1000).default(20), expected: 'a number of mails a second from 1 to 1000' },
  SESSION_SECRET: { read: z.string().min(32).optional(), expected: 'at least 32 characters', secret: true },
  XINZHI_PAYLOAD_KEY: { read: keys.optional(), expected: `${KEY_EXPECTED}; older keys may follow, with commas between`, secret: true },
  XINZHI_CHAIN_KEY: { read: key.optional(), expected: KEY_EXPECTED, secret: true },
  XINZHI_SEAL_KEY: { read: key.optional(), expected: KEY_EXPECTED, secret: true },
  XINZHI_HASH: { read: z.enum(['sha256', 'sm3']).default('sha256'), expected: 'sha256 or sm3' },
  XINZHI_CIPHER: { read: z.enum(['aes-256-gcm', 'sm4']).default('aes-256-gcm'), expected: 'aes-256-gcm or sm4' },
  XINZHI_DISK_RESERVE_MB: { read: wholeNumber(0, 1_000_000).default(100), expected: 'megabytes from 0 to 1000000' },
  XINZHI_CLAMD: { read: clamd.optional(), expected: 'the path of the socket of clamd, or a port of this machine like 127.0.0.1:3310' },
  XINZHI_ACT_TIMEOUT_MS: { read: wholeNumber(100, 120_000).default(8000), expected: 'milliseconds from 100 to 120000' },
  OIDC_ISSUER: { read: url('https', 'http').optional(), expected: 'the https:// address of an OpenID Connect provider' },
  OIDC_CLIENT_ID: { read: z.string().max(300).optional(), expected: 'at most 300 characters' },
  OIDC_CLIENT_SECRET: { read: z.string().min(8).transform((text) => createSecretKey(Buffer.from(text, 'utf8'))).optional(), expected: 'at least 8 characters', secret: true },
  OIDC_SCOPES: { read: scopes.default('openid'), expected: SCOPES_EXPECTED },
  OIDC_CLAIM_NAME: { read: claimName.default('name'), expected: CLAIM_EXPECTED },
  OIDC_CLAIM_USCC: { read: claimName.optional(), expected: CLAIM_EXPECTED },
  OIDC_CLAIM_FIRM_NAME: { read: claimName.optional(), expected: CLAIM_EXPECTED },
  OIDC_CLAIM_ID_NUMBER: { read: claimName.optional(), expected: CLAIM_EXPECTED },
  OIDC_CLAIM_LEVEL: { read: claimName.default('acr'), expected: CLAIM_EXPECTED },
  OIDC_LEVELS: { read: z.string().transform((text) => text.split(',').map((level) => level.trim()).filter((level) => level !== '')).pipe(z.array(z.string()).min(1)).optional(), expected: 'levels of assurance, with commas between' },
  STAFF_OIDC_ISSUER: { read: url('https', 'http').optional(), expected: 'the https:// address of an OpenID Connect provider' },
  STAFF_OIDC_CLIENT_ID: { read: z.string().max(300).optional(), expected: 'at most 300 characters' },
  STAFF_OIDC_CLIENT_SECRET: { read: z.string().min(8).transform((text) => createSecretKey(Buffer.from(text, 'utf8'))).optional(), expected: 'at least 8 characters', secret: true },
  STAFF_OIDC_SCOPES: { read: scopes.default('openid'), expected: SCOPES_EXPECTED },
  LOG_LEVEL: { read: z.enum(LEVELS).default('info'), expected: `one of ${LEVELS.join(', ')}` },
} as const satisfies Record<string, Setting>;

type Name = keyof typeof SETTINGS;
type Values = { [N in Name]: z.output<(typeof SETTINGS)[N]['read']> };

/** Variables that are kept from the processes of the application. */
export const ADMINISTRATION_VARIABLES = ['DATABASE_OWNER_URL', 'DATABASE_SUPERUSER_URL'] as const satisfies readonly Name[];

/** These may be left out in development only. */
const PRODUCTION_SECRETS = ['SESSION_SECRET', 'XINZHI_PAYLOAD_KEY', 'XINZHI_CHAIN_KEY', 'XINZHI_SEAL_KEY'] as const;

function explain(name: Name, value: string): string {
  const setting: Setting = SETTINGS[name];
  const shown = setting.secret ? `a text of ${value.length} characters` : JSON.stringify(value);
  return `${name} must be ${setting.expected}; it is ${shown}`;
}

/** A compose file passes a variable that nobody set as an empty text. */
const valueOf = (env: NodeJS.ProcessEnv, name: Name): string | undefined => env[name]?.trim() || undefined;

function readValues(env: NodeJS.ProcessEnv): { values: Values; problems: string[] } {
  const problems: string[] = [];
  const values: Partial<Record<Name, unknown>> = {};
  for (const name of Object.keys(SETTINGS) as Name[]) {
    const text = valueOf(env, name);
    const result = SETTINGS[name].read.safeParse(text);
    if (result.success) values[name] = result.data;
    else problems.push(explain(name, text ?? ''));
  }
  return { values: values as Values, problems };
}

function productionProblems(env: NodeJS.ProcessEnv, values: Values): string[] {
  if (values.NODE_ENV !== 'production') return [];
  const problems = PRODUCTION_SECRETS.filter((name) => valueOf(env, name) === undefined)
    .map((name) => `${name} is missing; in production it must be ${SETTINGS[name].expected}`);
  if (values.XINZHI_SEED === 'demo') problems.push('XINZHI_SEED must not be demo in production: its accounts have a known password');
  return problems;
}

/** Of these settings either none is given or all; a provider that is no local one is asked over https in production. */
function providerProblems(env: NodeJS.ProcessEnv, values: Values, prefix: '' | 'STAFF_'): string[] {
  const issuer = `${prefix}OIDC_ISSUER` as const;
  const isSet = (name: Name): boolean => valueOf(env, name) !== undefined;
  const others = (Object.keys(SETTINGS) as Name[]).filter((name) => name.startsWith(`${prefix}OIDC_`) && name !== issuer && isSet(name) && values[name] !== undefined);
  if (!isSet(issuer)) return others.flatMap((name) => missing(env, issuer, name)).slice(0, 1);
  const open = values.NODE_ENV === 'production' && values[issuer]?.startsWith('http:') === true;
  return [
    ...(open ? [`${issuer} must begin with https:// in production; it is ${JSON.stringify(values[issuer])}`] : []),
    ...missing(env, `${prefix}OIDC_CLIENT_ID`, issuer),
    ...missing(env, `${prefix}OIDC_CLIENT_SECRET`, issuer),
  ];
}

function missing(env: NodeJS.ProcessEnv, name: Name, because: Name): string[] {
  return valueOf(env, name) === undefined ? [`${name} is missing; with ${because} it must be ${SETTINGS[name].expected}`] : [];
}

/** What the portal's provider needs beside its address: a code or a number is taken for proved at named levels alone. */
function identityProblems(env: NodeJS.ProcessEnv, values: Values): string[] {
  const problems = providerProblems(env, values, '');
  const isSet = (name: Name): boolean => valueOf(env, name) !== undefined;
  if (!isSet('OIDC_ISSUER')) return problems;
  const proving = (['OIDC_CLAIM_USCC', 'OIDC_CLAIM_ID_NUMBER'] as const).find(isSet);
  return [
    ...problems,
    ...(isSet('OIDC_CLAIM_USCC') ? missing(env, 'OIDC_CLAIM_FIRM_NAME', 'OIDC_CLAIM_USCC') : []),
    ...(proving === undefined ? [] : missing(env, 'OIDC_LEVELS', proving)),
  ];
}

/** Of people of the house a token says no more than who they are: what they may do stands in this house alone. */
function staffIdentityOf(values: Values): IdentitySettings | undefined {
  const { STAFF_OIDC_ISSUER: issuer, STAFF_OIDC_CLIENT_ID: clientId, STAFF_OIDC_CLIENT_SECRET: clientSecret } = values;
  if (issuer === undefined || clientId === undefined || clientSecret === undefined) return undefined;
  return Object.freeze({
    issuer, clientId, clientSecret, scopes: values.STAFF_OIDC_SCOPES,
    claims: Object.freeze({ name: 'name', uscc: undefined, firmName: undefined, idNumber: undefined, level: 'acr' }), levels: [],
  });
}

function identityOf(values: Values): IdentitySettings | undefined {
  const { OIDC_ISSUER: issuer, OIDC_CLIENT_ID: clientId, OIDC_CLIENT_SECRET: clientSecret } = values;
  if (issuer === undefined || clientId === undefined || clientSecret === undefined) return undefined;
  return Object.freeze({
    issuer,
    clientId,
    clientSecret,
    scopes: values.OIDC_SCOPES,
    claims: Object.freeze({
      name: values.OIDC_CLAIM_NAME,
      uscc: values.OIDC_CLAIM_USCC,
      firmName: values.OIDC_CLAIM_FIRM_NAME,
      idNumber: values.OIDC_CLAIM_ID_NUMBER,
      level: values.OIDC_CLAIM_LEVEL,
    }),
    levels: values.OIDC_LEVELS ?? [],
  });
}

/**
 * Reads the environment. Relative folders are taken from `base`, the work tree.
 * @throws ConfigError naming every wrong and, in production, every missing value.
 */
export function readSettings(env: NodeJS.ProcessEnv, base: string): Settings {
  const { values, problems } = readValues(env);
  const all = [...problems, ...productionProblems(env, values), ...identityProblems(env, values), ...providerProblems(env, values, 'STAFF_')];
  if (all.length > 0) throw new ConfigError(all);
  return Object.freeze({
    mode: values.NODE_ENV,
    host: values.HOST,
    port: values.PORT,
    workerPort: values.XINZHI_WORKER_PORT,
    publicUrl: values.PUBLIC_URL,
    trustProxy: values.TRUST_PROXY,
    dataFolder: resolve(base, values.XINZHI_DATA),
    seed: values.XINZHI_SEED ?? (values.NODE_ENV === 'production' ? 'none' : 'demo'),
    demoPassword: values.XINZHI_DEMO_PASSWORD,
    demoSecondFactor: values.XINZHI_DEMO_SECOND_FACTOR,
    temporalNamespace: values.TEMPORAL_NAMESPACE,
    mailFrom: values.XINZHI_MAIL_FROM,
    mailRate: values.XINZHI_MAIL_RATE,
    hash: values.XINZHI_HASH,
    cipher: values.XINZHI_CIPHER,
    actTimeoutMs: values.XINZHI_ACT_TIMEOUT_MS,
    diskReserveMb: values.XINZHI_DISK_RESERVE_MB,
    scanner: values.XINZHI_CLAMD,
    logLevel: values.LOG_LEVEL,
    identity: identityOf(values),
    staffIdentity: staffIdentityOf(values),
    addresses: Object.freeze({ databaseUrl: values.DATABASE_URL, temporalAddress: values.TEMPORAL_ADDRESS, smtpUrl: values.SMTP_URL }),
    administration: Object.freeze({ ownerUrl: values.DATABASE_OWNER_URL, superuserUrl: values.DATABASE_SUPERUSER_URL }),
    secrets: Object.freeze({
      session: values.SESSION_SECRET,
      payload: values.XINZHI_PAYLOAD_KEY,
      chain: values.XINZHI_CHAIN_KEY,
      seal: values.XINZHI_SEAL_KEY,
    }),
  });
}

/** What fills the places that the environment left open. */
export interface Completion {
  readonly addresses: Addresses;
  readonly secrets: Secrets;
  readonly port: number;
  readonly publicUrl: string;
}

/** One frozen object with nothing left open; what the environment says goes first. */
export function completeConfig(settings: Settings, completion: Completion): Config {
  const { addresses, administration: _administration, secrets, port, publicUrl, ...rest } = settings;
  return Object.freeze({
    ...rest,
    port: port ?? completion.port,
    publicUrl: publicUrl ?? completion.publicUrl,
    databaseUrl: addresses.databaseUrl ?? completion.addresses.databaseUrl,
    temporalAddress: addresses.temporalAddress ?? completion.addresses.temporalAddress,
    smtpUrl: addresses.smtpUrl ?? completion.addresses.smtpUrl,
    secrets: Object.freeze({
      session: secrets.session ?? completion.secrets.session,
      payload: secrets.payload ?? completion.secrets.payload,
      chain: secrets.chain ?? completion.secrets.chain,
      seal: secrets.seal ?? completion.secrets.seal,
    }),
  });
}

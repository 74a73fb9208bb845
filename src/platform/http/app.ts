import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import express, { type Express, type Request, type RequestHandler, type Response, type Router } from 'express';
import type { Knex } from 'knex';
import type { Logger } from 'pino';
import type { Config } from '../../config.ts';
import { watchDisk, type HasRoom } from '../disk.ts';
import { createI18n, type I18n } from '../i18n.ts';
import type { RequestContext } from '../request-context.ts';
import { createUnitDirectory } from '../units.ts';
import { createAccessJournal, type AccessJournal } from './access-journal.ts';
import { createAccessLog } from './access-log.ts';
import { createAssets } from './assets.ts';
import { bearer } from './bearer.ts';
import { defaultBodyLimits, readBody, type BodyLimits } from './body.ts';
import { readCookie } from './cookies.ts';
import { createCsrf } from './csrf.ts';
import { createCursors } from './cursor.ts';
import { errorPages, nothingHere } from './error-pages.ts';
import { Unavailable } from './errors.ts';
import { defaultSignInRules, type Feature, type FeatureFactory, type Ground, type SignInRules } from './feature.ts';
import { createFlash } from './flash.ts';
import { checkAddress, queryFields } from './flat.ts';
import { frame, type FrameParts } from './frame.ts';
import { showKeptForms } from './kept-form-pages.ts';
import { createKeptForms } from './kept-forms.ts';
import { createLanguage } from './language.ts';
import { isBelow } from './paths.ts';
import { createCounters, createLimiter } from './rate-limit.ts';
import { requestLog, type AnsweredRequest } from './request-log.ts';
import { securityHeaders } from './security-headers.ts';
import { createSessions, SESSION_COOKIE } from './session.ts';
import { createLacksSecondFactor } from './sign-in-rules.ts';
import { accessOf, signInWall } from './sign-in-wall.ts';
import { compileAll, createViewEngine } from './views.ts';
import { noteViews } from './views-noted.ts';

export interface AppParts {
  readonly config: Config;
  readonly knex: Knex;
  readonly logger: Logger;
  readonly requestContext: RequestContext;
  /** `/health/…` and `/metrics`: answered before sessions, so that they work without the database. */
  readonly probes?: Router;
  readonly features: readonly FeatureFactory[];
  readonly onAnswered?: (request: AnsweredRequest) => void;
  readonly i18n?: I18n;
  readonly signInRules?: () => Promise<SignInRules>;
  readonly bodyLimits?: BodyLimits;
  readonly clock?: () => Date;
  readonly journal?: AccessJournal;
}

/** Where views wait to be carried into the access log. */
export const journalFolder = ({ dataFolder }: Pick<Config, 'dataFolder'>): string => join(dataFolder, 'access-journal');

const ROOT = new URL('../../../', import.meta.url);
const VIEWS = new URL('views/', ROOT);

function setUpViews(app: Express, mode: Config['mode']): void {
  const folder = fileURLToPath(VIEWS);
  const cached = mode !== 'development';
  if (mode === 'production') compileAll(folder);
  app.set('views', folder);
  app.set('view engine', 'ejs');
  app.set('view cache', cached);
  app.engine('ejs', createViewEngine(folder, { cached }));
}

/** Applies middleware only to what is, or is not, for machines. */
function onlyWhen(applies: (req: Request) => boolean, handlers: readonly RequestHandler[]): RequestHandler[] {
  return handlers.map((handler) => (req, res, next) => (applies(req) ? handler(req, res, next) : next()));
}

function createGround(parts: AppParts, passport: Ground['passport'], signInRules: Ground['signInRules']): Ground {
  const { config, knex, logger } = parts;
  const secret = config.secrets.session;
  const csrf = createCsrf(secret);
  const counters = createCounters(knex);
  return {
    config,
    knex,
    logger,
    i18n: parts.i18n ?? createI18n({ onMissing: (locale, key) => logger.error({ locale, key }, 'words are missing') }),
    passport,
    csrf,
    keptForms: createKeptForms(knex, csrf),
    accessLog: createAccessLog(knex, parts.journal ?? createAccessJournal(journalFolder(config), knex, logger)),
    cursors: createCursors(secret),
    counters,
    limiter: createLimiter(counters),
    units: createUnitDirectory(knex),
    signInRules,
    clock: parts.clock ?? (() => new Date()),
  };
}

/** A body that was never read, as the request failed before: its fields belong on the error page. */
function createReadLate(form: readonly RequestHandler[]): (req: Request, res: Response) => Promise<void> {
  return async (req, res) => {
    for (const handler of form) {
      const error = await new Promise<unknown>((resolve) => void handler(req, res, resolve));
      if (error) return;
    }
  };
}

function navigation(features: readonly Feature[]): FrameParts['nav'] {
  const entries = (isPublic: boolean) => features.flatMap(({ access, nav = [] }) => ((access === 'public') === isPublic ? nav : []));
  return { staff: entries(false), public: entries(true) };
}

/** Nothing in the house meets an address that it could not read. */
const wholeAddress: RequestHandler = (req, _res, next) => {
  checkAddress(req.originalUrl);
  next();
};

/** What a stranger gets is not kept by anything between; public pages may say otherwise for themselves. */
const privatePages: RequestHandler = (_req, res, next) => {
  res.set('Cache-Control', 'private, no-cache');
  next();
};

/** What a signed-in person gets stays in no cache, his own browser's included. */
const unkeptPages: RequestHandler = (req, res, next) => {
  if (req.user) res.set('Cache-Control', 'no-store');
  next();
};

const READING = new Set(['GET', 'HEAD', 'OPTIONS']);
/** Whoever is to make room, and whoever leaves. */
const ALWAYS = ['/login', '/logout'];

/** Takes no act while the disk is nearly full; pages are read as ever. */
const whileThereIsRoom = (hasRoom: HasRoom): RequestHandler => async (req, _res, next) => {
  const act = !READING.has(req.method) && !ALWAYS.some((path) => isBelow(req.path, path));
  next(act && !(await hasRoom()) ? new Unavailable('disk') : undefined);
};

/**
 * The whole of the web: what happens to a request, in order. Everything is denied to strangers
 * except what a feature calls public.
 */
export function createApp(parts: AppParts): Express {
  const { config, knex, logger } = parts;
  const signInRules = parts.signInRules ?? (() => Promise.resolve(defaultSignInRules));
  const limits = parts.bodyLimits ?? defaultBodyLimits;

  const sessions = createSessions(knex, config.secrets.session, signInRules);
  const ground = createGround(parts, sessions.passport, signInRules);
  const { csrf, keptForms, accessLog } = ground;
  const features: Feature[] = parts.features.flatMap((make) => make(ground));
  const flash = createFlash(config.secrets.session);
  const language = createLanguage(ground.i18n);
  const assets = createAssets(new URL('assets/', VIEWS), new URL('node_modules/', ROOT));
  const takesFiles = (req: Request): boolean =>
    req.user !== undefined || features.some((feature) => isBelow(req.path, feature.path) && feature.takesFiles?.(req) === true);
  const largestFile = (req: Request): number =>
    Math.max(limits.fileBytes, ...features.flatMap((feature) => (feature.largestFile !== undefined && isBelow(req.path, feature.path) ? [feature.largestFile] : [])));
  const body = readBody(join(config.dataFolder, 'uploads'), limits, takesFiles, largestFile);
  const bodyWithoutFiles = readBody(join(config.dataFolder, 'uploads'), limits, () => false);

  const isLost = (req: Request): boolean => readCookie(req, SESSION_COOKIE) !== undefined && !sessions.store.found(req);
  const isApi = (req: Request): boolean => isBelow(req.path, '/api');
  const hasFormTokens = (req: Request): boolean => accessOf(features, req.path) !== 'api';

  const app = express();
  app.disable('x-powered-by');
  app.disable('etag');
  app.set('trust proxy', config.trustProxy);
  app.set('query parser', queryFields);
  setUpViews(app, config.mode);

  app.use(requestLog(parts.requestContext, logger, parts.onAnswered ?? (() => undefined)));
  app.use(securityHeaders(config.publicUrl.startsWith('https:')));
  app.use(language.first, flash.handler);
  app.use(frame({ csrf, flash, nav: navigation(features), assetVersion: assets.version, clock: ground.clock }));
  app.use(wholeAddress);
  app.use('/assets', assets.serve);
  if (parts.probes) app.use(parts.probes);

  app.get('/language', language.choose);
  app.use(privatePages, sessions.handlers, unkeptPages, language.asPersonWishes);
  app.use(noteViews(accessLog));
  app.use(onlyWhen(isApi, [...body.json, bearer(knex, accessLog)]));
  app.use(onlyWhen((req) => !isApi(req), body.form));
  app.use(signInWall(features, { csrf, keptForms, hadSession: isLost, lacksSecondFactor: createLacksSecondFactor(config, signInRules) }));
  app.use(onlyWhen(hasFormTokens, [csrf.protect]));
  app.use(whileThereIsRoom(watchDisk(config.dataFolder, config.diskReserveMb * 1024 ** 2)));
  app.use(showKeptForms(keptForms));
  for (const { path, router } of features) app.use(path, router);

  app.use(nothingHere);
  app.use(errorPages({ logger, accessLog, csrf, keptForms, largestFile: limits.fileBytes, readLate: createReadLate(bodyWithoutFiles.form) }));
  return app;
}

import type { ErrorRequestHandler, Request, RequestHandler, Response } from 'express';
import type { Logger } from 'pino';
import type { AccessLog } from './access-log.ts';
import type { Csrf } from './csrf.ts';
import { BadRequest, Forbidden, Invalid, NotFound, SignInNeeded, TooLarge, TooMany, Unavailable, type HttpProblem } from './errors.ts';
import { entriesOf, type Entry } from './fill-form.ts';
import { keptFormAddress } from './kept-form-pages.ts';
import type { KeptForms } from './kept-forms.ts';
import { isBelow } from './paths.ts';
import { problemOf, Unforeseen } from './problems.ts';
import type { Link, Page } from './view-models.ts';

/** What `views/errors/problem.ejs` shows. */
interface ProblemPage {
  readonly page: Page;
  readonly layout: 'staff' | 'public' | 'plain';
  readonly title: string;
  /** What happened, and what to do about it. */
  readonly text: string[];
  /** A form with the same fields once more, for faults that pass; values are shown to nobody. */
  readonly again?: { action: string; entries: readonly Entry[] };
  readonly links: Link[];
}

export interface ErrorParts {
  readonly logger: Logger;
  readonly accessLog: AccessLog;
  readonly csrf: Csrf;
  readonly keptForms: KeptForms;
  /** Reads the body of a request that failed before it was read; never fails. */
  readonly readLate: (req: Request, res: Response) => Promise<void>;
  /** Bytes. */
  readonly largestFile: number;
}

const isForApi = (req: Request): boolean => isBelow(req.path, '/api');
const isForm = (req: Request): boolean => req.method === 'POST' && !isForApi(req);

/** The words for a problem: the first that exist of `errors:<name>[.<variant>]`. */
function wordsFor(problem: HttpProblem): string {
  if (problem instanceof Unavailable) return problem.part === 'database' || problem.part === 'disk' || problem.part === 'scanner' ? `Unavailable.${problem.part}` : `Unavailable.${problem.recorded}`;
  return problem.name;
}

function megabytes(bytes: number): number {
  return Math.floor(bytes / 1024 ** 2);
}

function paramsOf(problem: HttpProblem): Record<string, unknown> {
  if (problem instanceof TooLarge) return { limit: megabytes(problem.limit) };
  if (problem instanceof TooMany) return { seconds: problem.retryAfterSeconds, count: Math.ceil(problem.retryAfterSeconds / 60) };
  return problem.params;
}

function textOf(req: Request, problem: HttpProblem): { title: string; text: string[] } {
  const words = wordsFor(problem);
  const params = paramsOf(problem);
  const text = [problem.reason === null ? req.t(`errors:${words}.what`, params) : req.t(problem.reason, params)];
  text.push(req.t(`errors:${words}.then`, params));
  return { title: req.t(`errors:${words}.title`, params), text };
}

/** A password is not put into a page, and a form without it is not the same form. */
function sameAgain(req: Request): ProblemPage['again'] {
  const entries = entriesOf(req.body);
  if (req.is('multipart') || entries.some(([name]) => /password/i.test(name))) return undefined;
  return { action: req.originalUrl, entries };
}

/** Faults that pass by themselves; the same form may be sent again, as its command id makes it one act. */
const passes = (problem: HttpProblem): boolean =>
  problem instanceof Unavailable || problem instanceof TooMany || problem instanceof Unforeseen;

/** What was typed is kept whenever the database can keep it. */
const keepsTyping = (problem: HttpProblem): boolean => !(problem instanceof Unavailable && problem.part === 'database');

/** To the page that tells what became of an act of which it is not known now. */
function lookAgain(req: Request, problem: HttpProblem): Link[] {
  return problem instanceof Unavailable && problem.lookAt !== null ? [{ href: problem.lookAt, label: req.t('errors:lookAgain') }] : [];
}

async function wayBack(req: Request, res: Response, problem: HttpProblem, parts: ErrorParts): Promise<Pick<ProblemPage, 'again' | 'links'>> {
  const home: Link = { href: isBelow(req.path, '/public') ? '/public' : '/', label: req.t('errors:home') };
  if (!isForm(req)) {
    const withoutQuery: Link = { href: req.path, label: req.t('errors:fromStart') };
    if (passes(problem)) return { links: [{ href: req.originalUrl, label: req.t('errors:openAgain') }, home] };
    return { links: problem instanceof BadRequest && req.originalUrl !== req.path ? [withoutQuery, home] : [home] };
  }
  const again = passes(problem) ? sameAgain(req) : undefined;
  if (again) return { again, links: lookAgain(req, problem) };
  const owner = parts.csrf.ownerOf(req);
  const kept = keepsTyping(problem) && req.user && owner === req.user.id ? await parts.keptForms.keep(req, res, owner) : null;
  return {
    links: [
      ...lookAgain(req, problem),
      kept
        ? { href: keptFormAddress(kept), label: req.t('errors:backToFilledForm') }
        : { href: parts.csrf.pageOf(req), label: req.t('errors:backToForm') },
      home,
    ],
  };
}

function sendProblemJson(req: Request, res: Response, problem: HttpProblem): void {
  const { title, text } = textOf(req, problem);
  if (problem instanceof SignInNeeded) res.set('WWW-Authenticate', 'Bearer');
  res.status(problem.status).type('application/problem+json').send(JSON.stringify({
    type: 'about:blank',
    title,
    status: problem.status,
    detail: text[0],
    instance: req.originalUrl,
    requestId: req.requestId,
    ...problem.members,
    ...(problem instanceof Invalid ? { errors: problem.fields } : {}),
    ...(problem instanceof Unavailable ? { part: problem.part, recorded: problem.recorded } : {}),
  }));
}

async function sendProblemPage(req: Request, res: Response, problem: HttpProblem, parts: ErrorParts): Promise<void> {
  if (isForm(req) && req.body === undefined) await parts.readLate(req, res);
  const { title, text } = textOf(req, problem);
  const model: ProblemPage = {
    page: { title },
    layout: isBelow(req.path, '/public') ? 'public' : req.user ? 'staff' : 'plain',
    title,
    text,
    ...(await wayBack(req, res, problem, parts)),
  };
  await sendPage(res, problem.status, model);
}

/** Renders within the promise: an error page that fails must not come back to the error pages. */
function sendPage(res: Response, status: number, model: ProblemPage): Promise<void> {
  return new Promise((resolve, reject) => {
    res.render('errors/problem', model, (error: Error | null, html: string) => {
      if (error) return reject(error);
      res.status(status).send(html);
      resolve();
    });
  });
}

/** A page that asks nothing of the database. */
async function sendSimply(req: Request, res: Response, problem: HttpProblem): Promise<void> {
  const { title, text } = textOf(req, problem);
  const again = isForm(req) && passes(problem) ? sameAgain(req) : undefined;
  const model: ProblemPage = { page: { title }, layout: 'plain', title, text, links: lookAgain(req, problem), ...(again ? { again } : {}) };
  await sendPage(res, problem.status, model).catch(() => sendPlainly(req, res, problem));
}

/** The last resort, made of nothing that could fail. */
function sendPlainly(req: Request, res: Response, problem: HttpProblem): void {
  const { title, text } = textOf(req, problem);
  res.status(problem.status).type('text/plain').send([title, ...text, req.requestId].join('\n\n'));
}

/** The last route: nothing answered. */
export const nothingHere: RequestHandler = (_req, _res, next) => next(new NotFound());

/** Turns everything thrown into a page, or into problem+json below `/api`. */
export function errorPages(parts: ErrorParts): ErrorRequestHandler {
  const note = async (req: Request, problem: HttpProblem): Promise<void> => {
    if (problem.status >= 500) {
      parts.logger.error({ requestId: req.requestId, err: problem.cause ?? problem }, problem.name);
    }
    if ((problem instanceof NotFound && problem.refused) || (problem instanceof Forbidden && req.user)) await parts.accessLog.refused(req);
  };
  const send = async (req: Request, res: Response, problem: HttpProblem): Promise<void> => {
    res.set('Cache-Control', 'no-store');
    // What was asked for is not what this answer shows.
    req.viewed = null;
    if (problem instanceof TooMany) res.set('Retry-After', String(problem.retryAfterSeconds));
    if (problem instanceof Unavailable) res.set('Retry-After', '10');
    await note(req, problem);
    if (isForApi(req)) sendProblemJson(req, res, problem);
    else await sendProblemPage(req, res, problem, parts);
  };

  return async (error: unknown, req, res, next) => {
    if (res.headersSent) {
      parts.logger.error({ requestId: req.requestId, err: error }, 'failed after the answer began');
      // What was answered whole stays so: a session that is kept behind a page cannot be where the disk is full.
      if (res.writableEnded) return;
      return next(error);
    }
    const problem = problemOf(error, parts.largestFile);
    try {
      await send(req, res, problem);
    } catch (second) {
      // Most likely the database went away while the page was made.
      parts.logger.error({ requestId: req.requestId, err: second }, 'an error page failed');
      const worse = problemOf(second, parts.largestFile);
      if (res.headersSent) res.destroy();
      else if (isForApi(req)) sendProblemJson(req, res, worse);
      else await sendSimply(req, res, worse);
    }
  };
}

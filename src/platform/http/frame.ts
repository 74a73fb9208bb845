import type { Request, RequestHandler, Response } from 'express';
import type { Person } from '../../rules/people.ts';
import type { SessionPerson } from '../session-person.ts';
import type { Csrf } from './csrf.ts';
import type { NavEntry } from './feature.ts';
import type { Flash } from './flash.ts';
import { isBelow, pathOnly } from './paths.ts';
import type { LayoutLocals, NavItem, PersonBadge } from './view-models.ts';

/** Printed into a form, it becomes the token; a page without a form makes no session for its visitor. */
interface LazyToken {
  toString(): string;
}

/** What every view finds in its locals besides its own view model. */
export interface ViewLocals extends Omit<LayoutLocals, 'csrfToken'> {
  readonly csrfToken: LazyToken;
}

function badge(req: Request, person: SessionPerson): PersonBadge {
  const english = req.locale === 'en';
  const [first] = person.roles;
  return {
    name: english ? person.nameEn : person.name,
    ...(first
      ? { unitName: english ? first.unitNameEn : first.unitName, roleName: req.t(`common:role.${first.role}`) }
      : {}),
  };
}

/** The side bar of a person, or a visitor's bar on a public page: what he may open, in order; the entry with the longest matching path is current. */
export function navigationOf(entries: readonly NavEntry[], person: Person | null, path: string, t: Request['t']): NavItem[] {
  const shown = entries.filter(({ shownTo }) => shownTo === undefined || (person !== null && shownTo(person))).toSorted((a, b) => a.order - b.order);
  const current = shown
    .filter(({ href }) => (href === '/' ? path === '/' : isBelow(path, href)))
    .toSorted((a, b) => b.href.length - a.href.length)[0];
  let group: string | undefined;
  return shown.map((entry) => {
    const opensGroup = entry.group !== undefined && entry.group !== group;
    group = entry.group;
    return {
      href: entry.href,
      label: t(entry.label),
      icon: entry.icon,
      current: entry === current,
      ...(opensGroup && entry.group !== undefined ? { group: t(entry.group) } : {}),
    };
  });
}

export interface FrameParts {
  readonly csrf: Csrf;
  readonly flash: Flash;
  readonly nav: { readonly staff: readonly NavEntry[]; readonly public: readonly NavEntry[] };
  readonly assetVersion: string;
  readonly clock: () => Date;
}

/** What the layouts read, made when a page is rendered and not before: a redirect needs none of it. */
function localsOf(req: Request, res: Response, { csrf, flash, nav, assetVersion, clock }: FrameParts): ViewLocals {
  const person = req.user ?? null;
  const path = req.method === 'GET' || req.method === 'HEAD' ? req.originalUrl : csrf.pageOf(req);
  return {
    t: req.t,
    locale: req.locale,
    path,
    requestId: req.requestId,
    now: clock(),
    assetVersion,
    flash: flash.take(req, res),
    nav: isBelow(pathOnly(req.originalUrl), '/public')
      ? navigationOf(nav.public, person, pathOnly(path), req.t)
      : person === null ? [] : navigationOf(nav.staff, person, pathOnly(path), req.t),
    ...(person === null ? {} : { person: badge(req, person) }),
    failed: res.statusCode === 422 || (req.method === 'POST' && res.statusCode >= 400),
    // Without a session (its store is away) no token can be made, and none is needed to say so.
    csrfToken: { toString: () => ('session' in req && req.session !== undefined ? csrf.token(req) : '') },
  };
}

type Done = (error: Error, html: string) => void;

/** Lets `res.render` find the frame's locals; views bring only their own model. */
export function frame(parts: FrameParts): RequestHandler {
  return (req, res, next) => {
    const render = res.render.bind(res);
    res.render = (view: string, options?: object | Done, callback?: Done) => {
      const [model, done] = typeof options === 'function' ? [{}, options as Done] : [options, callback];
      render(view, { ...localsOf(req, res, parts), ...model }, done);
    };
    next();
  };
}

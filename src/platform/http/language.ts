import type { Request, RequestHandler } from 'express';
import type { Locale } from '../../rules/people.ts';
import { DEFAULT_LOCALE, isLocale, type I18n } from '../i18n.ts';
import { readCookie, setCookie } from './cookies.ts';
import { localPath, withQuery } from './paths.ts';

/** Lives as long as the browser is open: the switch is for now, the person's setting for always. */
export const LANGUAGE_COOKIE = 'xinzhi.lang';

function chosen(req: Request): Locale | null {
  return [req.query['lang'], readCookie(req, LANGUAGE_COOKIE)].find(isLocale) ?? null;
}

function speak(i18n: I18n, req: Request, locale: Locale): void {
  req.locale = locale;
  req.t = i18n.translator(locale);
}

/**
 * The language of a request: `?lang=`, else the switch's cookie, else the person's setting, else
 * Chinese. `first` runs before anything that can fail, so that error pages have words;
 * `asPersonWishes` once the person is known.
 */
export function createLanguage(i18n: I18n): { first: RequestHandler; asPersonWishes: RequestHandler; choose: RequestHandler } {
  return {
    first(req, res, next) {
      speak(i18n, req, chosen(req) ?? DEFAULT_LOCALE);
      if (isLocale(req.query['lang'])) setCookie(req, res, LANGUAGE_COOKIE, req.query['lang']);
      next();
    },
    asPersonWishes(req, _res, next) {
      if (req.user && chosen(req) === null) speak(i18n, req, req.user.locale);
      next();
    },
    choose(req, res) {
      const to = req.query['to'];
      if (isLocale(to)) setCookie(req, res, LANGUAGE_COOKIE, to);
      res.redirect(303, withQuery(localPath(req.query['back']) ?? '/', { lang: null }));
    },
  };
}

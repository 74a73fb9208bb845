import type { Request, RequestHandler, Response } from 'express';
import { fillForm, type FilledPage } from './fill-form.ts';
import type { KeptForm, KeptForms } from './kept-forms.ts';
import { withQuery } from './paths.ts';

/** The query parameter that names the kept form a page is to show again. */
export const KEPT_PARAMETER = 'kept';

/** The page that shows a kept form filled in. */
export function keptFormAddress(form: { page: string; id: string }): string {
  return withQuery(form.page, { [KEPT_PARAMETER]: form.id });
}

/** Which sentence is true of the filled page. */
function noticeKey({ found, left }: FilledPage, { hadFiles }: KeptForm): string {
  if (!found) return 'common:kept.noForm';
  if (left.length > 0) return 'common:kept.notPlaced';
  return hadFiles ? 'common:kept.filledWithoutFiles' : 'common:kept.filled';
}

/** The page with a notice as the first thing in its main part. */
function withNotice(html: string, notice: string): string {
  const main = /<main\b[^>]*>/.exec(html) ?? /<body\b[^>]*>/.exec(html);
  const at = main === null ? 0 : main.index + main[0].length;
  return `${html.slice(0, at)}${notice}${html.slice(at)}`;
}

function fillWhenSent(req: Request, res: Response, form: KeptForm): void {
  const send = res.send.bind(res);
  res.send = (body?: unknown): Response => {
    if (typeof body !== 'string') return send(body);
    const filled = fillForm(body, form.action, form.entries);
    const model = { t: req.t, tone: filled.found && filled.left.length === 0 ? 'info' : 'soon', text: req.t(noticeKey(filled, form)), left: filled.left.map(([, value]) => value) };
    req.app.render('errors/kept', model, (error: Error | null, notice: string) => {
      if (error) throw error;
      send(withNotice(filled.html, notice));
    });
    return res;
  };
}

/**
 * On a page asked for with `?kept=`, puts back what was typed, whatever form it is: the form is
 * found in the rendered page by the address it sends to, so no route has to know of it. What finds
 * no field, because the form has changed or the page is an error's, is listed on the page.
 */
export function showKeptForms(keptForms: KeptForms): RequestHandler {
  return async (req, res, next) => {
    const id = req.query[KEPT_PARAMETER];
    if (req.method !== 'GET' || typeof id !== 'string' || !req.user) return next();
    const form = await keptForms.find(req, req.user.id, id);
    if (form === null) req.flash({ tone: 'soon', text: req.t('common:kept.gone') });
    else fillWhenSent(req, res, form);
    next();
  };
}

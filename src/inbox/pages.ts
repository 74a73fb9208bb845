import { fileURLToPath } from 'node:url';
import express, { type Express, type Request, type Response } from 'express';
import { createI18n, DEFAULT_LOCALE, isLocale } from '../platform/i18n.ts';
import type { MailStore, StoredMail } from './store.ts';

const VIEWS = fileURLToPath(new URL('../../views/', import.meta.url));

const PAGE_POLICY = "default-src 'none'; style-src 'self'; frame-src 'self'; base-uri 'none'; form-action 'self'; frame-ancestors 'none'";
/** Mail styles stand in the mail; scripts, forms and pictures from elsewhere have no place in one. */
const MAIL_POLICY = "sandbox allow-popups allow-popups-to-escape-sandbox; default-src 'none'; style-src 'unsafe-inline'; img-src data:; frame-ancestors 'self'";

const MS_EAST_OF_UTC = 8 * 3_600_000;

/** `2026-09-24 17:30:05`, in China's time whatever the host's zone is. */
function localTime(iso: string): string {
  return new Date(Date.parse(iso) + MS_EAST_OF_UTC).toISOString().slice(0, 19).replace('T', ' ');
}

/** A link opens beside the inbox, not inside the frame of the mail. */
function withLinksOutside(html: string): string {
  const base = '<base target="_blank">';
  return /<head[^>]*>/i.test(html) ? html.replace(/<head[^>]*>/i, (head) => head + base) : base + html;
}

function row(mail: StoredMail) {
  return { id: mail.id, subject: mail.subject, from: mail.from, to: mail.to, time: localTime(mail.receivedAt) };
}

/** Mails hold links that sign in or decide: a page from elsewhere, or a name that was pointed here, reads and clears nothing. */
function isFromHere(req: Request): boolean {
  const site = req.get('Sec-Fetch-Site');
  const fromOutside = site === 'cross-site' || site === 'same-site';
  return (req.hostname === '127.0.0.1' || req.hostname === 'localhost') && !(fromOutside && req.method !== 'GET');
}

/** The inbox's pages and its interface for tests: `/api/messages`, with `?to=ADDRESS`; DELETE removes all. */
export function createInboxPages(store: MailStore): Express {
  const i18n = createI18n();
  const app = express();
  app.disable('x-powered-by');
  app.set('views', VIEWS);
  app.set('view engine', 'ejs');

  app.use((req, res, next) => {
    if (!isFromHere(req)) {
      res.status(403).end();
      return;
    }
    res.set({ 'Content-Security-Policy': PAGE_POLICY, 'X-Content-Type-Options': 'nosniff', 'Referrer-Policy': 'no-referrer', 'Cache-Control': 'no-store' });
    next();
  });

  function render(req: Request, res: Response, view: string, values: object): void {
    const wanted = req.acceptsLanguages('zh-CN', 'zh', 'en') || DEFAULT_LOCALE;
    const locale = isLocale(wanted) ? wanted : DEFAULT_LOCALE;
    res.render(`inbox/${view}`, { ...values, locale, t: i18n.translator(locale) });
  }

  const notFound = (req: Request, res: Response) => render(req, res.status(404), 'missing', {});

  app.get('/inbox.css', (_req, res) => res.sendFile(`${VIEWS}inbox/inbox.css`));
  app.get('/health/live', (_req, res) => { res.json({ status: 'ok' }); });

  app.get('/', async (req, res) => {
    const recipient = typeof req.query['to'] === 'string' && req.query['to'].trim() !== '' ? req.query['to'].trim() : undefined;
    render(req, res, 'list', { mails: (await store.list(recipient)).map(row), recipient });
  });

  app.get('/messages/:id', async (req, res) => {
    const mail = await store.find(req.params.id);
    if (mail === undefined) return notFound(req, res);
    render(req, res, 'message', { mail: { ...mail, time: localTime(mail.receivedAt) } });
  });

  app.get('/messages/:id/html', async (req, res) => {
    const mail = await store.find(req.params.id);
    if (mail?.html == null) return notFound(req, res);
    res.set('Content-Security-Policy', MAIL_POLICY).type('html').send(withLinksOutside(mail.html));
  });

  app.get('/messages/:id/raw', async (req, res) => {
    const raw = await store.raw(req.params.id);
    if (raw === undefined) return notFound(req, res);
    res.attachment(`${req.params.id}.eml`).type('message/rfc822').send(raw);
  });

  app.post('/clear', async (_req, res) => {
    await store.clear();
    res.redirect(303, '/');
  });

  app.get('/api/messages', async (req, res) => {
    const { to } = req.query;
    res.json(await store.list(typeof to === 'string' ? to : undefined));
  });

  app.delete('/api/messages', async (_req, res) => {
    await store.clear();
    res.status(204).end();
  });

  app.use(notFound);
  return app;
}

/**
 * Shows every partial with sample data.
 *
 *   node --import tsx scripts/looks.ts                 serves the pages and prints their address
 *   node --import tsx scripts/looks.ts --shots FOLDER  takes pictures at 1280 and 390 px, light and dark, in both
 *                                                    languages, prints one to PDF, and checks each with axe
 */
import { createServer } from 'node:http';
import { fileURLToPath } from 'node:url';
import type { AddressInfo } from 'node:net';
import express, { type Express } from 'express';
import helmet from 'helmet';
import { createViewEngine } from '../src/platform/http/views.ts';
import { createI18n, isLocale, type I18n } from '../src/platform/i18n.ts';
import { createSample, locals, nav, type Sample } from './looks/sample.ts';
import { casePage } from './looks/case.ts';
import { listPage } from './looks/list.ts';
import { formPage, plainPage } from './looks/form.ts';
import { partsPage, publicPage } from './looks/parts.ts';

const ROOT = new URL('../', import.meta.url);
const here = (path: string): string => fileURLToPath(new URL(path, ROOT));

const PAGES: Record<string, { view: string; model: (s: Sample) => object; anonymous?: true }> = {
  case: { view: 'specimen/case', model: casePage },
  list: { view: 'specimen/list', model: (s) => listPage(s, 50) },
  empty: { view: 'specimen/list', model: (s) => listPage(s, 0) },
  form: { view: 'specimen/form', model: formPage },
  parts: { view: 'specimen/parts', model: partsPage },
  public: { view: 'specimen/public', model: publicPage, anonymous: true },
  plain: { view: 'specimen/plain', model: plainPage, anonymous: true },
};

export const SPECIMENS = Object.keys(PAGES);

/** The specimen pages as an application: `/<name>?lang=en`. */
export function createLooks(i18n: I18n): Express {
  const app = express();
  app.set('view engine', 'ejs');
  app.set('views', here('views'));
  app.engine('ejs', createViewEngine(here('views'), { cached: false }));
  app.use(helmet({ strictTransportSecurity: false, contentSecurityPolicy: { useDefaults: false, directives: {
    defaultSrc: ["'self'"], scriptSrc: ["'self'"], styleSrc: ["'self'"], imgSrc: ["'self'", 'data:'],
    objectSrc: ["'none'"], baseUri: ["'none'"], frameAncestors: ["'none'"], formAction: ["'self'"],
  } } }));
  app.use('/assets/vendor/tabler.min.css', express.static(here('node_modules/@tabler/core/dist/css/tabler.min.css')));
  app.use('/assets', express.static(here('views/assets')));
  app.get('/api/check/code', (req, res) => {
    const value = typeof req.query['value'] === 'string' ? req.query['value'] : '';
    res.json(value.length === 18 ? { ok: true, message: value } : { ok: false, message: `${value.length}/18` });
  });
  app.get('/language', (req, res) => {
    const { back, to } = req.query;
    const [path = '/'] = typeof back === 'string' && back.startsWith('/') ? back.split('?') : [];
    res.redirect(`${path}?lang=${to === 'en' ? 'en' : 'zh-CN'}`);
  });
  app.get('/', (_req, res) => res.redirect('/case'));
  app.get('/:name', (req, res, next) => {
    const page = PAGES[req.params.name];
    if (page === undefined) { next(); return; }
    const locale = isLocale(req.query['lang']) ? req.query['lang'] : 'zh-CN';
    const sample = createSample(i18n.translator(locale), locale);
    const { person, ...common } = locals(sample, req.originalUrl);
    Object.assign(res.locals, common, page.anonymous ? { nav: nav(sample).slice(0, 4).map(({ group: _, count: __, ...item }) => item) } : { person });
    res.render(page.view, page.model(sample));
  });
  return app;
}

async function main(): Promise<void> {
  const server = createServer(createLooks(createI18n()));
  await new Promise<void>((resolve) => { server.listen(0, '127.0.0.1', resolve); });
  const base = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  const at = process.argv.indexOf('--shots');
  const folder = process.argv[at + 1];
  if (at < 0 || folder === undefined) {
    console.log(SPECIMENS.map((name) => `${base}/${name}`).join('\n'));
    return;
  }
  const { takeShots } = await import('./looks/shots.ts');
  const findings = await takeShots(base, SPECIMENS, folder).finally(() => server.close());
  for (const finding of findings) console.error(finding);
  console.log(`${folder}: ${SPECIMENS.length} pages, ${findings.length} findings`);
  process.exitCode = findings.length > 0 ? 1 : 0;
}

if (process.argv[1] === fileURLToPath(import.meta.url)) await main();

import { readFileSync } from 'node:fs';
import { Router, type Request } from 'express';
import { z } from 'zod';
import { Conflict, Forbidden, Invalid, NotFound, Unavailable } from '../../src/platform/http/errors.ts';
import type { FeatureFactory } from '../../src/platform/http/feature.ts';
import { text } from '../../src/platform/http/fields.ts';
import { readForm } from '../../src/platform/http/forms.ts';

/** What the small feature below was sent and took. */
export interface Notes {
  readonly taken: { person: string | undefined; title: string; files: { name: string; size: number; tooLarge: boolean; text: string | null }[] }[];
  readonly feature: FeatureFactory;
}

const noteForm = z.object({ title: text({ max: 50 }) });

/** A feature with a form, as any other has one, and a route for each thing that can go wrong. */
export function createNotes(): Notes {
  const taken: Notes['taken'] = [];

  const feature: FeatureFactory = ({ csrf, knex, limiter }) => {
    const page = (req: Request, action: string, title = ''): string =>
      `<!doctype html><title>note</title><form class="form" method="post" action="${action}" enctype="multipart/form-data" novalidate>
       <input type="hidden" name="_csrf" value="${csrf.token(req)}"><input type="hidden" name="commandId" value="fresh">
       <input type="text" name="title" value="${title}"><textarea name="facts">\n</textarea>
       <input type="checkbox" name="units" value="a"><input type="checkbox" name="units" value="b">
       <select name="area"><option value="">–</option><option value="food">food</option></select>
       <input type="password" name="newPassword" value=""><input type="file" name="files"></form>`;

    const take = (req: Request): boolean => {
      const read = readForm(noteForm, req.body, req.t);
      if (!read.ok) return false;
      const files = req.uploads.map(({ name, size, tooLarge, path }) => ({ name, size, tooLarge, text: path === null ? null : readFileSync(path, 'utf8') }));
      taken.push({ person: req.user?.username, title: read.data.title, files });
      return true;
    };

    const notes = Router();
    notes.get('/new', (req, res) => { res.send(page(req, '/notes/send')); });
    notes.post('/send', (req, res) => {
      if (!take(req)) return void res.status(422).send(page(req, '/notes/send', 'typed'));
      req.flash({ tone: 'done', text: '已记下 <b>一条</b>' });
      res.redirect('/settings');
    });
    notes.post('/conflict', () => { throw new Conflict('errors:Conflict.what'); });
    notes.post('/forbidden', () => { throw new Forbidden('errors:Forbidden.what'); });
    notes.post('/away', () => { throw new Unavailable('temporal', 'unknown'); });
    notes.post('/boom', () => { throw new Error('secret detail of the fault'); });
    notes.get('/boom', () => { throw new Error('secret detail of the fault'); });
    notes.get('/later', async () => { await Promise.resolve(); throw new Error('secret detail of the fault'); });
    notes.get('/bad-view', (_req, res) => res.render('no/such/view'));
    notes.get('/hidden', () => { throw new NotFound({ refused: true }); });
    notes.get('/database', async (_req, res) => { await knex.raw('select 1'); res.send('answered'); });

    const visitors = Router();
    visitors.get('/form', (req, res) => void res.send(page(req, '/public/form')));
    visitors.post('/form', limiter({ name: 'visitors', hits: 3, windowSeconds: 60 }), (req, res) => {
      take(req);
      res.send('thank you');
    });
    visitors.get('/plain', (_req, res) => void res.send('no form here'));

    const machines = Router();
    machines.get('/me', (req, res) => void res.json({ username: req.user?.username }));
    machines.post('/notes', (req, res) => {
      const read = readForm(noteForm, req.body, req.t);
      if (!read.ok) throw new Invalid(read.form.errors);
      res.status(201).json(read.data);
    });
    machines.get('/boom', () => { throw new Error('secret detail of the fault'); });

    return [
      { access: 'staff', path: '/notes', router: notes },
      { access: 'public', path: '/public', router: visitors, nav: [{ href: '/public/form', label: 'common:list', icon: 'list', order: 1 }] },
      { access: 'api', path: '/api/v1', router: machines },
    ];
  };
  return { taken, feature };
}

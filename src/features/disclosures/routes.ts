import { Router } from 'express';
import { z } from 'zod';
import { NotFound } from '../../platform/http/errors.ts';
import type { Ground } from '../../platform/http/feature.ts';
import { answerTakenOff } from '../../platform/http/taken-off-page.ts';
import { takenOff } from '../../platform/takedowns.ts';
import { presentList, presentOpinion } from './presenter.ts';
import { findDisclosure, listDisclosures, position } from './queries.ts';

const number = /^[A-Z]{2,4}-\d{4}-\d{6,9}-P\d{1,3}$/u;
const cursorName = 'disclosures';

/** What is typed beyond this is not looked at. */
const longestTyped = 100;
const typedText = z.string().transform((typed) => typed.trim().slice(0, longestTyped)).catch('');

/** The public pages of handling opinions: no sign-in, nothing that is not public in any answer. */
export function disclosureRoutes(ground: Ground): Router {
  const { knex, clock, cursors, limiter } = ground;
  const router = Router();
  const limit = limiter({ name: 'public-search', hits: 120, windowSeconds: 60 });

  router.get('/opinions', limit, async (req, res) => {
    const typed = typedText.parse(req.query['q']);
    const from = cursors.decode(cursorName, req.query['from'], position) ?? null;
    const found = await listDisclosures(knex, { typed, from, now: clock() });
    const view = presentList(found, { typed, t: req.t, locale: req.locale, cursorOf: (at) => cursors.encode(cursorName, at) });
    res.render('disclosures/list', view);
  });

  router.get('/opinions/:number', async (req, res) => {
    const wanted = req.params.number.toUpperCase();
    const disclosure = number.test(wanted) ? await findDisclosure(knex, wanted, clock()) : undefined;
    const off = !disclosure && number.test(wanted) ? await takenOff(knex, { kind: 'opinion', ref: wanted }) : undefined;
    if (off) return answerTakenOff(req, res, off, ground);
    if (!disclosure) throw new NotFound({ reason: 'disclosures:show.gone' });
    // What was taken back must not live on in caches.
    res.set('Cache-Control', 'no-store');
    res.status(disclosure.status === 'withdrawn' ? 410 : 200).render('disclosures/show', presentOpinion(disclosure, { t: req.t, locale: req.locale, units: await ground.units.all() }));
  });

  return router;
}

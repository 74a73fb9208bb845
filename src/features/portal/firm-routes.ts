import { createHash } from 'node:crypto';
import type { Request, Response, Router } from 'express';
import { z } from 'zod';
import { canonicalJson } from '../../platform/canonical.ts';
import { NotFound } from '../../platform/http/errors.ts';
import { officeOf } from '../../platform/units.ts';
import { nextReportNumber } from '../subjects/index.ts';
import { bindingsOf, ownPerson, speaksFor, type Binding } from './bindings.ts';
import { casesOf } from './cases.ts';
import { draftsOf } from './drafts.ts';
import { presentFirm, presentHome } from './firm-presenter.ts';
import { ownPath, todayOf, type Portal } from './parts.ts';
import { allRecordsOf, enquiriesAbout, position, recordsOf } from './records.ts';
import { presentOwnReport } from './report-presenter.ts';

const cursorName = 'portal-records';

/** A binding that stands: it has a subject. */
type Standing = Binding & { readonly subject: string };

/** `/`, `/firms/:id`, `/self`: the visitor's own page, and what is recorded about his firm or himself. */
export function firmRoutes(router: Router, { ground: { knex, clock, cursors, config, limiter, units }, visitors }: Portal): void {
  const printing = limiter({ name: 'portal-report', hits: 30, windowSeconds: 3600 });

  router.get('/', async (req, res) => {
    const visitor = visitors.of(req);
    const [bindings, cases, drafts] = await Promise.all([bindingsOf(knex, visitor.account), casesOf(knex, visitor.account), draftsOf(knex, visitor.account)]);
    res.render('portal/home', presentHome(req, { bindings, cases, drafts }));
  });

  /** @throws NotFound for a firm that is not bound to the visitor. */
  async function firmOf(req: Request): Promise<Standing> {
    const id = z.uuid().safeParse(req.params['id']);
    const binding = id.success ? await speaksFor(knex, visitors.of(req).account, id.data) : undefined;
    if (!binding?.subject || binding.kind !== 'organisation') throw new NotFound({ reason: 'portal:noFirm' });
    return { ...binding, subject: binding.subject };
  }

  /** @throws NotFound for one who has not proved who he is. */
  async function personOf(req: Request): Promise<Standing> {
    const binding = await ownPerson(knex, visitors.of(req).account);
    if (!binding?.subject) throw new NotFound({ reason: 'portal:noSelf' });
    return { ...binding, subject: binding.subject };
  }

  async function show(req: Request, res: Response, binding: Standing): Promise<void> {
    const today = todayOf(clock());
    const from = cursors.decode(cursorName, req.query['from'], position) ?? null;
    const [{ records, next }, enquiries] = await Promise.all([recordsOf(knex, binding.subject, { from, today }), enquiriesAbout(knex, binding.subject)]);
    const nextHref = next && `${ownPath(binding)}?${new URLSearchParams({ from: cursors.encode(cursorName, next) }).toString()}`;
    res.render('portal/firm', presentFirm(req, { binding, records, nextHref, enquiries, today }));
  }

  router.get('/firms/:id', async (req, res) => show(req, res, await firmOf(req)));
  router.get('/self', async (req, res) => show(req, res, await personOf(req)));

  /** A report to be printed, under a number that anybody can check on the public site. */
  async function report(req: Request, res: Response, binding: Standing): Promise<void> {
    const now = clock();
    const today = todayOf(now);
    const [records, enquiries, all] = await Promise.all([allRecordsOf(knex, binding.subject, today), enquiriesAbout(knex, binding.subject), units.all()]);
    const office = officeOf(all);
    const view = await knex.transaction(async (trx) => {
      const number = await nextReportNumber(trx, Number(today.slice(0, 4)));
      const made = presentOwnReport(req, { binding, ...records, enquiries, number, office, now });
      const digest = createHash(config.hash).update(canonicalJson(made.document)).digest();
      await trx('subject_report').insert({ number, subject_id: binding.subject, made_at: now, digest });
      return { ...made, digest: digest.toString('hex') };
    });
    res.render('portal/report', view);
  }

  router.post('/firms/:id/reports', printing, async (req, res) => report(req, res, await firmOf(req)));
  router.post('/self/reports', printing, async (req, res) => report(req, res, await personOf(req)));
  // A report is made by its button; who reloads the address of it comes back to the record.
  router.get('/firms/:id/reports', (req, res) => res.redirect(303, ownPath({ kind: 'organisation', subject: req.params.id })));
  router.get('/self/reports', (_req, res) => res.redirect(303, ownPath({ kind: 'person', subject: null })));
}

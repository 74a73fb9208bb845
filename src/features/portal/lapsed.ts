import type { Router } from 'express';
import { z } from 'zod';
import { refusedForm } from '../../platform/http/forms.ts';
import { withQuery } from '../../platform/http/paths.ts';
import { papersFor } from './apply.ts';
import { speaksFor } from './bindings.ts';
import { saveDraft, typedFields } from './drafts.ts';
import { receivePapers } from './papers.ts';
import { maxMegabytes, portalPath, todayOf, type Portal } from './parts.ts';
import { findOwnRecord } from './records.ts';
import { signInPath } from './sign-in-page.ts';

const addressed = z.object({ id: z.uuid(), kind: z.enum(['repair', 'objection']) });

/**
 * An application that is sent after the hour of its session: nothing is done in nobody's name, but what was typed and
 * uploaded becomes a draft of the account whose form it was. Before the wall.
 */
export function keepLapsedForms(router: Router, { ground: { knex, clock, limiter }, files, readLaw, visitors }: Portal): void {
  const keeping = limiter({ name: 'portal-lapsed', hits: 10, windowSeconds: 600 });

  router.post('/records/:id/:kind', async (req, res, next) => {
    if (await visitors.find(req)) return next('route');
    next();
  }, keeping, async (req, res, next) => {
    const account = await visitors.lapsed(req);
    const target = addressed.safeParse(req.params);
    if (account === null || !target.success) return next();
    const { id, kind } = target.data;
    const now = clock();
    const record = await findOwnRecord(knex, id, todayOf(now));
    if (!record || !(await speaksFor(knex, account, record.state.facts.subject.id))) return next();
    const { papers } = await receivePapers(req, files, account, papersFor[kind].kinds, maxMegabytes(await readLaw(), now));
    await saveDraft(knex, { account, record: id, kind }, { fields: typedFields(refusedForm(req.body, {})), papers, savedAt: now });
    req.flash({ tone: 'soon', text: req.t('portal:apply.kept') });
    res.redirect(303, withQuery(signInPath, { next: `${portalPath}/records/${id}/${kind}` }));
  });
}

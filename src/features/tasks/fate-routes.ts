import { Router, type Request } from 'express';
import { isDatabaseAway, NotFound, Unavailable } from '../../platform/http/errors.ts';
import { uuid } from '../../platform/http/fields.ts';
import type { Ground } from '../../platform/http/feature.ts';
import type { Heading, Link, Notice, Page } from '../../platform/http/view-models.ts';
import { deskOf, type TasksParts } from './parts.ts';
import { existsCase, existsTask, findCase, findState, findTask } from './task-queries.ts';

interface FateView {
  page: Page;
  heading: Heading;
  notice: Notice;
  links: Link[];
}

/** What the act was about, as its address says. */
function named({ query }: Request): { task: string | null; case: string | null } {
  const upper = (value: unknown): string | null => (typeof value === 'string' ? value.toUpperCase() : null);
  return { task: upper(query['task']), case: upper(query['case']) };
}

/**
 * `/acts/:commandId?task=SLUG` or `?case=NUMBER`: what became of an act that got no answer. Looking settles it: from
 * then on it is recorded, or it never will be. Without either the act is the opening of a case, whose id is the command's.
 */
export function fateRoutes(ground: Ground, parts: TasksParts): Router {
  const { knex } = ground;
  const router = Router();

  router.get('/:commandId', async (req, res) => {
    const desk = await deskOf(req, ground, parts);
    const id = uuid.safeParse(req.params.commandId);
    if (!id.success) throw new NotFound();
    const { task: slug, case: number } = named(req);
    const found = slug === null ? undefined : await findTask(knex, parts.seal, desk.sight, slug);
    if (slug !== null && !found) throw new NotFound({ refused: await existsTask(knex, slug) });
    const about = found?.state ?? (number === null ? undefined : await findCase(knex, desk.sight, number));
    if (number !== null && !about) throw new NotFound({ refused: await existsCase(knex, number) });

    const fate = await parts.gateway.settle(about?.id ?? id.data, id.data).catch((error: unknown) => {
      throw isDatabaseAway(error) ? new Unavailable('database', 'unknown', error) : error;
    });
    const state = about ?? (fate.recorded ? await findState(knex, desk.sight, fate.caseId) : undefined);
    // Recorded in another case than the one that was named, or in one that he may not see.
    if (fate.recorded && fate.caseId !== state?.id) throw new NotFound({ refused: true });
    const known = fate.recorded;
    const links: Link[] = [
      ...(found ? [{ href: `/tasks/${found.slug}`, label: req.t('tasks:fate.toTask') }] : []),
      ...(state ? [{ href: parts.pages[state.kind].caseHref(state.caseNo), label: req.t('tasks:show.toCase') }] : []),
      { href: '/', label: req.t('tasks:mine.title') },
    ];
    const title = req.t(known ? 'tasks:fate.recorded' : 'tasks:fate.void');
    res.set('Cache-Control', 'no-store');
    res.render('tasks/fate', {
      page: { title },
      heading: { title, ...(state ? { number: state.caseNo } : {}) },
      notice: { tone: known ? 'done' : 'soon', text: req.t(known ? 'tasks:fate.recordedText' : 'tasks:fate.voidText') },
      links,
    } satisfies FateView);
  });

  return router;
}

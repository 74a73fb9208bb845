import { Router } from 'express';
import { z } from 'zod';
import type { Ground } from '../../platform/http/feature.ts';
import { countWork } from './my-work-counts.ts';
import { doneDays, presentGroup, presentMyWork, rowsAtFirst, shownGroups, type ShownGroup } from './my-work-presenter.ts';
import { audiencesOf, boundsOf, countDone, position, readClaimable, readDone, readOwn, readOwnGroups, type Position, type Slice } from './my-work-queries.ts';
import { deskOf, type TasksParts } from './parts.ts';

const pageSize = 50;
const dayMs = 86_400_000;

const shown = z.enum(shownGroups).optional().catch(undefined);

/** 我的工作: what must I do now. */
export function myWorkRoutes(ground: Ground, parts: TasksParts): Router {
  const { knex, cursors } = ground;
  const router = Router();

  router.get('/', async (req, res) => {
    const { person, sight, words } = await deskOf(req, ground, parts);
    const bounds = boundsOf(words.calendar, words.now);
    const since = new Date(words.now.getTime() - doneDays * dayMs);
    const audiences = audiencesOf(person);

    const read = (group: ShownGroup, from: Position | null): Promise<Slice> => {
      if (group === 'claimable') return readClaimable(knex, sight, audiences, { from, limit: pageSize });
      if (group === 'done') return readDone(knex, sight, { since, from, limit: pageSize });
      return readOwn(knex, sight, { group, bounds, from, limit: pageSize });
    };

    const group = shown.parse(req.query['show']);
    if (group !== undefined) {
      const list = `work:${group}`;
      const from = cursors.decode(list, req.query['from'], position) ?? null;
      const slice = await read(group, from);
      const next = slice.next === null ? null : cursors.encode(list, slice.next);
      res.render('tasks/group', presentGroup(group, slice, words, { first: from === null, next }));
      return;
    }
    const [own, claimable, done, counts, doneCount, waiting] = await Promise.all([
      readOwnGroups(knex, sight, bounds, rowsAtFirst),
      readClaimable(knex, sight, audiences, { from: null, limit: rowsAtFirst.claimable }),
      readDone(knex, sight, { since, from: null, limit: rowsAtFirst.done }),
      countWork(knex, sight, audiences, bounds),
      countDone(knex, sight, since),
      parts.waiting?.(person, sight) ?? [],
    ]);
    res.render('tasks/mine', presentMyWork({ rows: { ...own, claimable: claimable.rows, done: done.rows }, counts, done: doneCount, waiting }, words));
  });

  return router;
}

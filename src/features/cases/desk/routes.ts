import type { Router } from 'express';
import type { Ground } from '../../../platform/http/feature.ts';
import type { ReadLaw } from '../../../platform/law.ts';
import { position } from '../../../platform/paging.ts';
import { sightOf } from '../../../platform/visibility.ts';
import { openTasksOf } from '../open-tasks.ts';
import { readFilter, sortOf, stateOf, type DeskOf } from './filter.ts';
import { presentDesk } from './presenter.ts';
import { countCases, listCases, type Looking } from './queries.ts';

/** The list at `/`, 50 rows a page. */
export function deskRoutes(router: Router, { ground, readLaw }: { ground: Ground; readLaw: ReadLaw }, of: DeskOf): void {
  const { knex, cursors, clock } = ground;
  router.get('/', async (req, res) => {
    const person = of.staffOf(req);
    const filter = readFilter(of, req.query);
    const now = clock();
    const [units, { calendar }] = await Promise.all([ground.units.all(), readLaw()]);
    const looking: Looking = { knex, of, sight: sightOf(person, units), calendar, now };
    // A cursor belongs to the order it was made for.
    const cursor = `${of.kind}:${sortOf(filter)}:${stateOf(filter)}`;
    const from = cursors.decode(cursor, req.query['page'], position) ?? null;
    const counted = countCases(looking, filter);
    const [found, counts] = await Promise.all([listCases(looking, filter, from, () => counted), counted]);
    const tasks = await openTasksOf(knex, found.rows.map(({ case_id: id }) => id));
    res.render('lists/page', presentDesk(req, { of, filter, found, tasks, counts, units, calendar, now, cursorOf: (at) => cursors.encode(cursor, at) }));
  });
}

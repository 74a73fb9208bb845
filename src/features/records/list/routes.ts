import type { Router } from 'express';
import { position } from '../../../platform/paging.ts';
import { askAbout, personCarrier, readingOf, type Records } from '../parts.ts';
import { readFilter } from './filter.ts';
import { presentRecords } from './presenter.ts';
import { countRecords, listRecords } from './queries.ts';

/** `/records`: the list, its filters and its search. */
export function listRoutes(router: Router, records: Records): void {
  const { knex, cursors } = records.ground;
  const carrier = personCarrier(records.ground);

  router.get('/', async (req, res) => {
    const reading = await readingOf(req, records);
    const filter = readFilter(req.query);
    const asks = askAbout(filter.q, carrier, reading);
    if (asks !== null) return res.redirect(303, asks);
    // A cursor belongs to the order it was made for.
    const cursor = `records:${filter.sort}`;
    const from = cursors.decode(cursor, req.query['page'], position) ?? null;
    const [found, counts] = await Promise.all([listRecords(knex, reading, filter, from), countRecords(knex, reading, filter)]);
    res.render('lists/page', presentRecords(req, { found, counts, filter, reading, cursorOf: (at) => cursors.encode(cursor, at) }));
  });
}

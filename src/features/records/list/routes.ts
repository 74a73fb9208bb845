import type { Router } from 'express';
import { askAbout, personCarrier, readingOf, type Records } from '../parts.ts';
import { readFilter } from './filter.ts';
import { presentRecords } from './presenter.ts';
import { countStanding, listRecords, position } from './queries.ts';

const cursorName = 'records:decided';

/** `/records`: the list, its filters and its search. */
export function listRoutes(router: Router, records: Records): void {
  const { knex, cursors } = records.ground;
  const carrier = personCarrier(records.ground);

  router.get('/', async (req, res) => {
    const reading = await readingOf(req, records);
    const filter = readFilter(req.query);
    const asks = askAbout(filter.q, carrier, reading);
    if (asks !== null) return res.redirect(303, asks);
    const from = cursors.decode(cursorName, req.query['page'], position) ?? null;
    const [found, standing] = await Promise.all([listRecords(knex, reading, filter, from), countStanding(knex, reading)]);
    res.render('records/list', presentRecords(req, { found, standing, filter, reading, cursorOf: (at) => cursors.encode(cursorName, at) }));
  });
}

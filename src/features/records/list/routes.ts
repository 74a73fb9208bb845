import type { Router } from 'express';
import { readingOf, type Records } from '../parts.ts';
import { addressOf, idNumberIn, readFilter } from './filter.ts';
import { presentRecords } from './presenter.ts';
import { countStanding, hasVisibleRecord, listRecords, position } from './queries.ts';

const cursorName = 'records:decided';

/** `/records`: the list, its filters and its search. */
export function listRoutes(router: Router, records: Records): void {
  const { knex, cursors } = records.ground;
  const { seal } = records;

  router.get('/', async (req, res) => {
    const reading = await readingOf(req, records);
    const filter = readFilter(req.query);
    const idNumber = idNumberIn(filter.q, reading.today);
    if (idNumber !== null) {
      // An ID number must not stay in addresses; one of whom the reader may see nothing finds nothing, like any other text.
      const sealed = await seal.find(knex, idNumber);
      const subject = sealed === null ? undefined : await knex<{ id: string; sealed: string }>('subject').where({ sealed }).first('id');
      if (subject && (await hasVisibleRecord(knex, reading, subject.id))) return res.redirect(303, addressOf({ ...filter, q: '', subject: subject.id }));
    }
    const from = cursors.decode(cursorName, req.query['page'], position) ?? null;
    const [found, standing] = await Promise.all([listRecords(knex, reading, filter, from), countStanding(knex, reading)]);
    res.render('records/list', presentRecords(req, { found, standing, filter, reading, cursorOf: (at) => cursors.encode(cursorName, at) }));
  });
}

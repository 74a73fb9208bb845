import type { Request, Router } from 'express';
import { position, type Count } from '../../../platform/paging.ts';
import type { Sight } from '../../../platform/visibility.ts';
import { maskPerson } from '../report/register.ts';
import { sightFor, staffOf, todayOf, type Incidents } from '../parts.ts';
import { countRows, exportLimit, sendExport } from './export.ts';
import { addressOf, idNumberIn, readFilter, type IncidentFilter } from './filter.ts';
import { presentIncidents } from './presenter.ts';
import { companionsOf, countStanding, filtered, listIncidents } from './queries.ts';
import { createFormat } from '../../../platform/http/format.ts';

/** A cursor belongs to the sort it was made for. */
const cursorName = (filter: IncidentFilter): string => `incidents:${filter.sort}`;

/** `/incidents` and its spreadsheet. */
export function listRoutes(router: Router, { ground, readLaw, seal }: Incidents): void {
  const { knex, cursors, clock } = ground;

  /** Sorted by deadline, closed incidents have none: their list goes by when they were opened. */
  function filterOf(req: Request): IncidentFilter {
    const filter = readFilter(req.query);
    return filter.sort === 'due' && filter.step === 'closed' ? { ...filter, sort: 'opened' } : filter;
  }

  /** Whether the person is named in an incident that the reader may see: else he is not to learn that somebody knows him. */
  const isNamed = async (sight: Sight, id: string): Promise<boolean> =>
    (await filtered(knex, sight, { ...readFilter({}), person: id }, clock()).first('i.case_id')) !== undefined;

  async function personName(sight: Sight, id: string | null): Promise<string | null> {
    if (id === null || !(await isNamed(sight, id))) return null;
    const person = (await seal.openSubjects(knex, [id])).get(id);
    return person ? maskPerson({ name: person.name, code: person.idNumber }) : null;
  }

  router.get('/', async (req, res) => {
    const person = staffOf(req);
    const filter = filterOf(req);
    const now = clock();
    const { sight, units } = await sightFor(ground, person);
    const idNumber = idNumberIn(filter.q, todayOf(now));
    if (idNumber !== null) {
      // An ID number must not stay in addresses; one that the reader has no case of finds nothing, like any other text.
      const id = await seal.find(knex, idNumber);
      if (id !== null && (await isNamed(sight, id))) return res.redirect(303, addressOf({ ...filter, q: '', person: id }));
    }
    const from = cursors.decode(cursorName(filter), req.query['page'], position) ?? null;
    const kept = countStanding(knex, sight, now);
    const counted = async (): Promise<Count | undefined> => (await kept).totalOf(filter);
    const [{ calendar }, found, standing, name] = await Promise.all([
      readLaw(), listIncidents(knex, { sight, filter, from, now, counted }), kept, personName(sight, filter.person),
    ]);
    const companions = await companionsOf(knex, found.rows.map(({ caseId }) => caseId));
    res.render('lists/page', presentIncidents(req, {
      found, companions, standing, filter, units, calendar, now, personName: name,
      cursorOf: (at) => cursors.encode(cursorName(filter), at),
    }));
  });

  router.get('/export.xlsx', async (req, res) => {
    const person = staffOf(req);
    const filter = filterOf(req);
    const now = clock();
    const { sight, units } = await sightFor(ground, person);
    const rows = await countRows(knex, sight, filter, now);
    if (rows > exportLimit) {
      req.flash({ tone: 'soon', text: req.t('incidents:export.tooLong', { limit: createFormat(req.locale).count(exportLimit) }) });
      return res.redirect(303, addressOf(filter));
    }
    req.viewed = { kind: 'exported', detail: { rows } };
    await sendExport(req, res, { knex, sight, filter, units, now });
  });
}

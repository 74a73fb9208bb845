import { existsCase, findCase } from '../cases/index.ts';
import { z } from 'zod';
import { commandIdFor } from '../../platform/casefile/acting.ts';
import { Conflict, Invalid, NotFound, Unavailable } from '../../platform/http/errors.ts';
import { choice, day, integer, optional, text, type Fault, fault, field } from '../../platform/http/fields.ts';
import { readForm } from '../../platform/http/forms.ts';
import type { Translate } from '../../platform/i18n.ts';
import type { CaseState, FileRef } from '../../rules/casefile/types.ts';
import { areas, levels } from '../../rules/incident/facts.ts';
import { position } from '../../platform/paging.ts';
import { sorts, standings, type IncidentFilter } from './list/filter.ts';
import { companionsOf, listIncidents } from './list/queries.ts';
import { filesOf, listedJson, wholeJson, type IncidentJson, type WholeIncidentJson } from './machine-json.ts';
import { openRegions, ownUnits, sightFor, todayOf, type Incidents } from './parts.ts';
import { attemptsAmong, mostAttempts, readFates } from './report/attempts.ts';
import { reportSchema } from './report/forms.ts';
import { createRegistry } from './report/register.ts';


/** Who calls, in which language, and under which id the call stands in the logs. */
export interface Caller {
  readonly person: Express.User;
  readonly t: Translate;
  readonly requestId: string;
}

/** Rows of one answer. */
export const pageSizes = { usual: 50, most: 100 } as const;

export interface ListJson {
  incidents: IncidentJson[];
  /** Cursors of the pages beside this one. */
  previous: string | null;
  next: string | null;
}

export interface ReportedJson {
  number: string;
  /** Open incidents that may be the same, as the person may see them. */
  similar: string[];
  /** It was registered by an earlier call with the same key. */
  repeated: boolean;
}

/** Incidents for other programs: the same checks, the same sight, the same road into the case as pages have. */
export interface IncidentMachines {
  /** @throws Invalid with every wrong field, Conflict when the key was used for another report, Unavailable. */
  report(caller: Caller, body: unknown, key: string): Promise<ReportedJson>;
  /** @throws Invalid for a query that makes no sense, BadRequest for a cursor that was made up. */
  list(caller: Caller, query: object): Promise<ListJson>;
  /** @throws NotFound for a number that does not exist or may not be seen; the latter is logged. */
  one(caller: Caller, number: string): Promise<WholeIncidentJson>;
  /** A file of an incident. @throws NotFound */
  file(caller: Caller, number: string, hash: string): Promise<FileRef>;
}

/** `true` and `false` as a query spells them. */
const flag = field((typed): boolean | Fault => (['1', 'true'].includes(typed) ? true : ['0', 'false'].includes(typed) ? false : fault('common:form.notOffered', { value: typed })));

const querySchema = z.object({
  q: optional(text({ max: 100 })),
  step: optional(choice(standings)),
  area: optional(choice(areas)),
  level: optional(choice(levels)),
  unit: optional(text({ max: 31 })),
  late: optional(flag),
  from: optional(day()),
  to: optional(day()),
  sort: optional(choice(sorts)),
  limit: optional(integer({ min: 1, max: pageSizes.most })),
});

export function createMachines(incidents: Omit<Incidents, 'codeWord'>): IncidentMachines {
  const { ground, seal } = incidents;
  const { knex, units: directory, cursors, clock } = ground;
  const registry = createRegistry(incidents);

  async function find({ person }: Caller, number: string): Promise<CaseState> {
    const { sight } = await sightFor(ground, person);
    const caseNo = number.toUpperCase();
    const found = await findCase(knex, seal, sight, 'incident', caseNo);
    if (!found) throw new NotFound({ refused: await existsCase(knex, caseNo) });
    return found.state;
  }

  return {
    async report({ person, t, requestId }, body, key) {
      const schema = reportSchema({ today: todayOf(clock()), regions: openRegions(await directory.all()), units: ownUnits(person) });
      const read = readForm(schema, body, t);
      if (!read.ok) throw new Invalid(read.form.errors);
      const ids = Array.from({ length: mostAttempts }, (_, n) => commandIdFor(`api:${person.id}`, `${key}.${n}`));
      const { recorded, free } = attemptsAmong(await readFates(knex, ids), ids);
      const before = recorded === null ? null : await registry.registered(recorded, read.data);
      if (before) {
        if (!before.same) throw new Conflict('api:keyReused', { caseNo: before.caseNo });
        return { number: before.caseNo, similar: [], repeated: true };
      }
      if (free === null) throw new Unavailable('worker', 'no');
      const { found } = await registry.similarTo(read.data, person);
      const { caseNo } = await registry.register(read.data, { caseId: free, person, channel: 'api', requestId, files: [], similar: found });
      return { number: caseNo, similar: found.map((one) => one.caseNo), repeated: false };
    },

    async list({ person, t }, query) {
      const read = readForm(querySchema, query, t);
      if (!read.ok) throw new Invalid(read.form.errors);
      const { q, step, area, level, unit, late, from, to, sort, limit } = read.data;
      const filter: IncidentFilter = {
        q: q ?? '', step, area, level, unit, late: late ?? false, from, to, person: null, sort: sort === 'due' && step === 'closed' ? 'opened' : (sort ?? 'opened'),
      };
      const name = `api-incidents:${filter.sort}`;
      const at = cursors.decode(name, (query as { cursor?: unknown }).cursor, position) ?? null;
      const now = clock();
      const { sight } = await sightFor(ground, person);
      const page = await listIncidents(knex, { sight, filter, from: at, now, size: limit ?? pageSizes.usual, counted: false });
      const companions = await companionsOf(knex, page.rows.map(({ caseId }) => caseId));
      return {
        incidents: page.rows.map((incident) => listedJson(incident, companions.get(incident.caseId), now)),
        previous: page.previous && cursors.encode(name, page.previous),
        next: page.next && cursors.encode(name, page.next),
      };
    },

    async one(caller, number) {
      return wholeJson(await find(caller, number), clock());
    },

    async file(caller, number, hash) {
      const file = filesOf(await find(caller, number)).find((one) => one.hash === hash);
      if (!file) throw new NotFound();
      return file;
    },
  };
}

import { setTimeout as delay } from 'node:timers/promises';
import type { Request, Response, Router } from 'express';
import { NotFound, Unavailable } from '../../../platform/http/errors.ts';
import { tick } from '../../../platform/http/fields.ts';
import { tableTypes } from '../../../platform/sheets/cells.ts';
import { SheetFault } from '../../../platform/sheets/fault.ts';
import { NotStored } from '../../../platform/storage.ts';
import type { FileRef } from '../../../rules/casefile/types.ts';
import { maxMegabytes, openRegions, ownUnits, staffOf, todayOf, type Incidents } from '../parts.ts';
import { createRegistry } from '../report/register.ts';
import { namesOf, vocabularyOf, type Sheet } from './columns.ts';
import { sendFaults, sendTemplate } from './downloads.ts';
import { isRunning, readProgress, rowsWithKnownSubject, runImport, type GoodRow } from './job.ts';
import { planRows, type Plan } from './plan.ts';
import { importPath, presentResult, presentUpload } from './presenter.ts';
import { createSheets } from './sheets.ts';

/** A small file is done before the answer; of a larger one the page shows how far it is. */
const answerMs = 1500;

/** An uploaded file that was found again by its address. */
interface AtImport {
  person: Express.User;
  address: string;
  file: FileRef;
  sheet: Sheet;
  plan: Plan;
  good: GoodRow[];
}

/** `/incidents/import`: many incidents out of one spreadsheet. */
export function importRoutes(router: Router, incidents: Incidents): void {
  const { ground, readLaw, files } = incidents;
  const { knex, units: directory, i18n, clock, logger } = ground;
  const registry = createRegistry(incidents);
  const sheets = createSheets(files, namesOf(i18n));

  async function showUpload(req: Request, res: Response, error: string | null): Promise<void> {
    const megabytes = maxMegabytes(await readLaw(), clock());
    res.status(error === null ? 200 : 422).render('incidents/import', presentUpload(req, { megabytes, error }));
  }

  router.get('/import', async (req, res) => {
    staffOf(req);
    await showUpload(req, res, null);
  });

  router.get('/import/template.xlsx', async (req, res) => {
    staffOf(req);
    await sendTemplate(req, res, await directory.all());
  });

  const addressOf = (person: Express.User, file: FileRef): string => `${importPath}/${files.ticket(person.id, file)}`;

  router.post('/import', async (req, res) => {
    const person = staffOf(req);
    const { files: [file], faults: [fault] } = await files.receive(req.uploads.slice(0, 1), maxMegabytes(await readLaw(), clock()), { req });
    if (fault) return showUpload(req, res, req.t(`files:fault.${fault.key}`, fault.params));
    if (!file) return showUpload(req, res, req.t('incidents:import.noFile'));
    if (!tableTypes.includes(file.mime)) return showUpload(req, res, req.t('incidents:import.notTable', { name: file.name }));
    try {
      await sheets.read(file);
    } catch (error) {
      // Its page says that it is being checked, and opens when it was.
      if (error instanceof Unavailable && error.part === 'scanner') return res.redirect(303, addressOf(person, file));
      if (!(error instanceof SheetFault)) throw error;
      return showUpload(req, res, req.t(`files:sheetFault.${error.key}`, error.params));
    }
    res.redirect(303, addressOf(person, file));
  });

  /** @throws NotFound for an address of another person, or after the file's day. */
  async function at(req: Request): Promise<AtImport> {
    const person = staffOf(req);
    const [file] = files.ofTickets(person.id, [String(req.params['ticket'])]);
    if (!file) throw new NotFound();
    const sheet = await sheets.read(file).catch((error: unknown) => {
      throw error instanceof NotStored || error instanceof SheetFault ? new NotFound({ reason: 'incidents:import.gone' }) : error;
    });
    const units = await directory.all();
    const context = {
      today: todayOf(clock()),
      regions: openRegions(units),
      units: ownUnits(person),
    };
    const plan = planRows(sheet, { context, vocabulary: vocabularyOf(i18n, units), t: req.t });
    const good = plan.rows.flatMap(({ row, report }): GoodRow[] => (report ? [{ number: row.number, report }] : []));
    return { person, address: addressOf(person, file), file, sheet, plan, good };
  }

  router.get('/import/:ticket', async (req, res) => {
    const { person, address, file, sheet, plan, good } = await at(req);
    const running = await isRunning(knex, file.hash);
    const progress = await readProgress(knex, good);
    const known = running ? new Map<number, string>() : await rowsWithKnownSubject(registry, good, progress, person);
    res.set('Cache-Control', 'no-store').render('incidents/imported', presentResult(req, { address, fileName: file.name, sheet, plan, progress, running, known }));
  });

  router.get('/import/:ticket/faults.xlsx', async (req, res) => {
    const { sheet, plan, file } = await at(req);
    await sendFaults(req, res, sheet, plan.rows, file.name);
  });

  router.post('/import/:ticket/register', async (req, res) => {
    const { person, address, file, good } = await at(req);
    const leave = tick.parse((req.body as Record<string, unknown>)['leaveOut']);
    const leaveOut = leave ? new Set((await rowsWithKnownSubject(registry, good, await readProgress(knex, good), person)).keys()) : new Set<number>();
    const running = runImport(incidents, registry, { hash: file.hash, rows: good, person, requestId: req.requestId, leaveOut })
      .catch((error: unknown) => logger.error({ requestId: req.requestId, err: error }, 'an import stopped'));
    await Promise.race([running, delay(answerMs)]);
    res.redirect(303, address);
  });
}

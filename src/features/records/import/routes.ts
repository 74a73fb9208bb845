import { randomUUID } from 'node:crypto';
import { Router, type Request, type Response } from 'express';
import { z } from 'zod';
import type { Files } from '../../../platform/files.ts';
import { Forbidden, NotFound } from '../../../platform/http/errors.ts';
import { choice, optional, text, tick } from '../../../platform/http/fields.ts';
import { newForm, readForm, refusedForm, type Form } from '../../../platform/http/forms.ts';
import { tableTypes } from '../../../platform/sheets/cells.ts';
import { encodingOf } from '../../../platform/sheets/encoding.ts';
import { SheetFault } from '../../../platform/sheets/fault.ts';
import { withSheet, withStored } from '../../../platform/sheets/read.ts';
import { NotStored } from '../../../platform/storage.ts';
import { recordDomains } from '../../../rules/records/facts.ts';
import { lengths } from '../enter/forms.ts';
import { enteringUnits, readingOf, type Reading, type Records } from '../parts.ts';
import { isId } from '../queries.ts';
import { amountUnits, columns, missingIn, namesOf, saysYuan, tableIn, type Table } from './columns.ts';
import { sendFaults, sendTemplate } from './downloads.ts';
import { addImport, findImport, latestImports, moveImport, notedRows, type RecordImport } from './imports.ts';
import { sheetLimits } from './job.ts';
import { mostCorrections, presentImport } from './presenter.ts';
import { importPath, mostMegabytes, presentUpload } from './upload-presenter.ts';

const mostPast = 20;
/** Records of a unit whose domains tell which it is mostly about. */
const lookedAt = 200;

const uploadForm = (units: readonly string[]) => z.object({ commandId: z.uuid(), unit: optional(choice(units)), domain: optional(choice(recordDomains)) });
const answerForm = z.object({ amountUnit: choice(amountUnits) });
const renameForm = z.object({ reason: text({ max: lengths.reason, min: 4, lines: true }) });

interface AtImport {
  readonly reading: Reading;
  readonly of: RecordImport;
}

/** `/records/import`: many records out of one spreadsheet, and the list of what was brought in. */
export function importRoutes(records: Records, files: Files): Router {
  const { ground } = records;
  const { knex, i18n } = ground;
  const names = namesOf(i18n);
  const router = Router();

  async function entering(req: Request): Promise<{ reading: Reading; units: string[] }> {
    const reading = await readingOf(req, records);
    const units = enteringUnits(reading.person);
    if (units.length === 0) throw new Forbidden('records:enter.notYours');
    return { reading, units };
  }

  /** The domain that most of the latest records of a unit are of. */
  async function usualDomain(unit: string): Promise<string> {
    const latest = knex('record').where({ unit }).orderBy('decided_on', 'desc').orderBy('id').limit(lookedAt).select('domain');
    const row = await knex.from(latest.as('latest')).groupBy('domain').orderByRaw('count(*) desc, domain').first<{ domain: string } | undefined>('domain');
    return row?.domain ?? '';
  }

  async function showUpload(req: Request, res: Response, status: number, { reading, units, form, commandId = randomUUID() }: { reading: Reading; units: readonly string[]; form: Form; commandId?: string }): Promise<void> {
    res.status(status).render('records/import', presentUpload(req, { form, commandId, reading, past: await latestImports(knex, units, mostPast) }));
  }

  router.get('/', async (req, res) => {
    const { reading, units } = await entering(req);
    await showUpload(req, res, 200, { reading, units, form: newForm({ domain: await usualDomain(units[0] ?? '') }) });
  });

  router.get('/template.xlsx', async (req, res) => {
    await entering(req);
    await sendTemplate(req, res);
  });

  /** Where the text of a file breaks: said before the file's kind is looked at, which would only find that it is no text. */
  async function breakIn(path: string | null, name: string): Promise<SheetFault | null> {
    if (path === null || !/\.(?:csv|txt)$/i.test(name)) return null;
    try {
      await encodingOf(path);
      return null;
    } catch (error) {
      // What is no text from its first line on is something else under a wrong name.
      if (error instanceof SheetFault && error.params['line'] !== 1) return error;
      return null;
    }
  }

  const missingSaid = (req: Request, table: Table): string | null => {
    const missing = missingIn(table);
    if (missing.length === 0) return null;
    const list = (some: readonly string[]): string => some.map((column) => req.t(`imports:column.${column}`)).join(req.t('common:list'));
    const said = { missing: list(missing), found: list(columns.filter((column) => table.places.has(column))), unread: table.unread.join(req.t('common:list')) };
    return req.t(table.unread.length > 0 ? 'imports:missingBeside' : 'imports:missing', said);
  };

  router.post('/', async (req, res) => {
    const { reading, units } = await entering(req);
    const typed = readForm(uploadForm(units), req.body, req.t);
    const refuse = (errors: Record<string, string>): Promise<void> => showUpload(req, res, 422, { reading, units, form: refusedForm(req.body, errors) });
    if (!typed.ok) return refuse({ ...typed.form.errors });
    const { commandId: id, domain } = typed.data;
    const upload = req.uploads[0];
    if (!upload || upload.name === '') return refuse({ file: req.t('imports:noFile') });
    const saidOf = ({ key, params }: SheetFault): string => req.t(`files:sheetFault.${key}`, params);
    const broken = await breakIn(upload.path, upload.name);
    if (broken) return refuse({ file: saidOf(broken) });
    const path = upload.path;
    const { files: [file], faults: [fault] } = await files.receive([upload], mostMegabytes, { req });
    if (fault) return refuse({ file: req.t(`files:fault.${fault.key}`, fault.params) });
    if (!file || path === null || !tableTypes.includes(file.mime)) return refuse({ file: req.t('imports:notTable', { name: upload.name }) });
    let table: Table;
    try {
      table = await withSheet(path, sheetLimits, ({ tabs }) => Promise.resolve(tableIn(tabs, names).table));
    } catch (error) {
      if (!(error instanceof SheetFault)) throw error;
      return refuse({ file: saidOf(error) });
    }
    const missing = missingSaid(req, table);
    if (missing !== null) return refuse({ file: missing });
    if (domain === null && !table.places.has('domain')) return refuse({ domain: req.t('imports:domainMissing') });
    // A table that names yuan in its header is not asked about; one of 万元 is, when its amounts speak against it.
    const amountUnit = saysYuan(table) ? ('yuan' as const) : null;
    await addImport(knex, {
      id, person: reading.person.id, unit: typed.data.unit ?? units[0] ?? '', file, at: reading.now, answers: { domain, amountUnit, renamed: null, corrects: false },
    });
    res.redirect(303, `${importPath}/${id}`);
  });

  /** @throws NotFound for an import of another unit. */
  async function at(req: Request): Promise<AtImport> {
    const { reading, units } = await entering(req);
    const id = String(req.params['id']);
    const of = isId(id) ? await findImport(knex, id) : undefined;
    if (!of) throw new NotFound();
    if (!units.includes(of.unit)) throw new NotFound({ refused: true });
    return { reading, of };
  }

  async function show(req: Request, res: Response, status: number, { reading, of }: AtImport, posted: Form | null): Promise<void> {
    const corrections = await notedRows(knex, of.id, { outcome: 'correction', most: mostCorrections });
    res.status(status).set('Cache-Control', 'no-store').render('records/imported', presentImport(req, { of, corrections, reading, posted }));
  }

  router.get('/:id', async (req, res) => show(req, res, 200, await at(req), null));

  router.get('/:id/faults.xlsx', async (req, res) => {
    const { of } = await at(req);
    try {
      await withStored(files, of.file, (path) => withSheet(path, sheetLimits, async (sheet) => {
        const { table, tab } = tableIn(sheet.tabs, names);
        await sendFaults(req, res, { knex, importId: of.id, rows: sheet.rows(tab), table, name: of.file.name });
      }));
    } catch (error) {
      throw error instanceof NotStored ? new NotFound({ reason: 'imports:gone' }) : error;
    }
  });

  /** Another look at the page shows what somebody else did meanwhile. */
  const back = (res: Response, { id }: RecordImport): void => res.redirect(303, `${importPath}/${id}`);

  router.post('/:id/answer', async (req, res) => {
    const found = await at(req);
    const read = readForm(answerForm, req.body, req.t);
    if (!read.ok) return show(req, res, 422, found, read.form);
    await moveImport(knex, found.of.id, 'asking', 'checking', { answers: { ...found.of.answers, amountUnit: read.data.amountUnit } });
    back(res, found.of);
  });

  router.post('/:id/rename', async (req, res) => {
    const found = await at(req);
    const read = readForm(renameForm, req.body, req.t);
    if (!read.ok) return show(req, res, 422, found, read.form);
    await moveImport(knex, found.of.id, 'checked', 'checking', { answers: { ...found.of.answers, renamed: read.data.reason } });
    back(res, found.of);
  });

  router.post('/:id/confirm', async (req, res) => {
    const { of, reading } = await at(req);
    const corrects = tick.parse((req.body as Record<string, unknown>)['corrects']);
    await moveImport(knex, of.id, 'checked', 'importing', { answers: { ...of.answers, corrects }, confirmed: { by: reading.person.id, at: reading.now } });
    back(res, of);
  });

  router.post('/:id/continue', async (req, res) => {
    const { of } = await at(req);
    if (of.fault) await moveImport(knex, of.id, 'stopped', of.fault.during);
    back(res, of);
  });

  return router;
}

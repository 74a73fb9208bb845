import { randomUUID } from 'node:crypto';
import type { Request, Response, Router } from 'express';
import { z } from 'zod';
import { mostFiles, type Files } from '../../../platform/files.ts';
import { BadRequest, Forbidden, NotFound } from '../../../platform/http/errors.ts';
import { newForm, readForm, refusedForm, type Form } from '../../../platform/http/forms.ts';
import { changeRecords } from '../../../platform/records/append.ts';
import { portalAddress } from '../../../platform/public-paths.ts';
import { readRecordEvents } from '../../../platform/records/events.ts';
import type { FileRef } from '../../../rules/casefile/types.ts';
import { numberOf } from '../../../rules/limits/index.ts';
import { dayOfService, hasNotice, type RecordedService, type Service } from '../../../rules/records/service.ts';
import { answerDocument, answerReceipt } from '../../documents/index.ts';
import { listPath } from '../list/filter.ts';
import { enteringUnits, readingOf, readsAll, writingOf, type Reading, type Records } from '../parts.ts';
import { findRecord, type FoundRecord } from '../queries.ts';
import { serviceForm } from './forms.ts';
import { repairNotice } from './notice.ts';
import { mayServe, noticePath, presentServiceForm, servable, ticketsOf, valuesOfService } from './presenter.ts';

/** What the form has beside its fields. */
const beside = z.object({
  commandId: z.uuid(),
  corrects: z.coerce.number().int().positive().nullable().catch(null),
  arrived: z.preprocess((value) => (typeof value === 'string' ? [value] : value), z.array(z.string().max(2000)).max(mostFiles * 2)).catch([]),
});

interface Shown {
  readonly form: Form;
  readonly commandId: string;
  readonly corrected: RecordedService | null;
  readonly arrived: readonly FileRef[];
}

/** `/records/:id/notice`, `/records/:id/service`: the repair notice, and when it was served with the decision (两书同达). */
export function serviceRoutes(router: Router, records: Records, files: Files): void {
  const { knex, config, units } = records.ground;

  /** @throws NotFound for one that the person may not see, Forbidden for one that he reads only as the public does. */
  async function ownRecord(req: Request): Promise<{ reading: Reading; record: FoundRecord }> {
    const reading = await readingOf(req, records);
    const record = await findRecord(knex, reading, String(req.params['id']));
    if (!record) throw new NotFound({ refused: true });
    if (!readsAll(reading, record.state)) throw new Forbidden('records:no.notYours');
    req.viewed = { kind: 'recordViewed', about: record.state.facts.documentNo };
    return { reading, record };
  }

  async function servableRecord(req: Request): Promise<{ reading: Reading; record: FoundRecord }> {
    const found = await ownRecord(req);
    if (!mayServe(found.record.state, found.reading)) throw new Forbidden('records:no.notYours');
    return found;
  }

  /** The person's full name is opened for the unit that serves him, as it stands on what is handed over. */
  async function nameOf({ state, sealed, subject }: FoundRecord, { person }: Reading): Promise<string> {
    if (sealed === null || !enteringUnits(person).includes(state.facts.unit)) return subject.name;
    return (await records.seal.openSubjects(knex, [sealed])).get(sealed)?.name ?? subject.name;
  }

  async function answerNotice(req: Request, res: Response, of: 'notice' | 'receipt', file: boolean): Promise<void> {
    const { reading, record } = await ownRecord(req);
    const { state } = record;
    if (!hasNotice(state)) throw new NotFound({ reason: 'records:service.noNotice' });
    const document = repairNotice({
      state, name: await nameOf(record, reading), law: reading.law, today: reading.today, units: await units.all(),
      portal: portalAddress(config.publicUrl), t: req.t, locale: req.locale,
    });
    const shown = { file, document, href: noticePath(record.id), crumbs: [{ label: req.t('records:title'), href: listPath }, { label: state.facts.documentNo, href: `${listPath}/${record.id}` }] };
    if (of === 'receipt') return answerReceipt(req, res, shown);
    await answerDocument(req, res, { ...shown, view: 'documents/staff', served: true, lead: req.t('documents:notice.lead') });
  }

  router.get('/:id/notice', (req, res) => answerNotice(req, res, 'notice', false));
  router.get('/:id/notice.docx', (req, res) => answerNotice(req, res, 'notice', true));
  router.get('/:id/notice/receipt', (req, res) => answerNotice(req, res, 'receipt', false));
  router.get('/:id/notice/receipt.docx', (req, res) => answerNotice(req, res, 'receipt', true));

  const megabytes = ({ law, today }: Reading): number => numberOf(law.rules.on('file.max-megabytes', today));

  function show(req: Request, res: Response, status: number, record: FoundRecord, reading: Reading, { arrived, ...shown }: Shown): void {
    res.status(status).render('records/service-form', presentServiceForm(req, { record, reading, megabytes: megabytes(reading), arrived: ticketsOf(files, reading.person.id, arrived), ...shown }));
  }

  /** The entry that is to be corrected; null for a new one. @throws NotFound for one that holds no more. */
  function correctedOf({ state }: FoundRecord, corrects: number | null): RecordedService | null {
    if (corrects === null) return null;
    const found = (state.services ?? []).find(({ seq }) => seq === corrects);
    if (!found) throw new NotFound({ reason: 'records:service.notHolding' });
    return found;
  }

  router.get('/:id/service', async (req, res) => {
    const { reading, record } = await servableRecord(req);
    const corrected = correctedOf(record, z.coerce.number().int().positive().nullable().catch(null).parse(req.query['corrects'] ?? null));
    const offered = servable(record.state, corrected);
    if (offered.length === 0) return res.redirect(`${listPath}/${record.id}`);
    const form = newForm(corrected ? valuesOfService(corrected) : { documents: offered, means: 'direct' });
    show(req, res, 200, record, reading, { form, commandId: randomUUID(), corrected, arrived: corrected ? [...corrected.proof] : [] });
  });

  router.get('/:id/service/files/:hash', async (req, res) => {
    const { record } = await ownRecord(req);
    // What was corrected stays in the file, and its proof with it.
    const events = await readRecordEvents(knex, record.id);
    const proof = events.flatMap(({ what }) => (what.type === 'record.served' ? [...(what.service?.proof ?? [])] : []));
    const file = proof.find(({ hash }) => hash === req.params.hash);
    if (!file) throw new NotFound();
    await files.send(res, file);
  });

  /** Proof sent now and before, and what was wrong with what was sent now. */
  async function receiveProof(req: Request, reading: Reading, tickets: readonly string[]): Promise<{ arrived: FileRef[]; faults: string[] }> {
    const { files: received, faults } = await files.receive(req.uploads.filter(({ field }) => field === 'proof'), megabytes(reading), { req });
    const { id } = reading.person;
    const arrived = files.ofTickets(id, [...tickets, ...received.map((file) => files.ticket(id, file))]);
    const said = faults.map(({ key, params }) => req.t(`files:fault.${key}`, params));
    return { arrived: arrived.slice(0, mostFiles), faults: arrived.length > mostFiles ? [...said, req.t('files:fault.tooMany', { limit: mostFiles })] : said };
  }

  router.post('/:id/service', async (req, res) => {
    const { reading, record } = await servableRecord(req);
    const own = beside.safeParse(req.body);
    if (!own.success) throw new BadRequest('errors:malformed');
    const { commandId, corrects, arrived: tickets } = own.data;
    const done = `${listPath}/${record.id}`;
    const said = (text: string, tone: 'done' | 'info' = 'done'): void => {
      req.flash({ tone, text: req.t(text) });
      res.redirect(303, `${done}#service-title`);
    };
    // The same form sent twice, or somebody was quicker: what holds now is on the record's page.
    if (corrects !== null && !(record.state.services ?? []).some(({ seq }) => seq === corrects)) return said('records:service.meanwhile', 'info');
    const corrected = correctedOf(record, corrects);
    const offered = servable(record.state, corrected);
    if (offered.length === 0) return said('records:service.meanwhile', 'info');

    const { arrived, faults } = await receiveProof(req, reading, tickets);
    const { facts } = record.state;
    const read = readForm(serviceForm({ offered, decidedOn: facts.decidedOn, today: reading.today, correcting: corrected !== null }), req.body, req.t);
    const proven = arrived.length > 0 || (read.ok && read.data.service === null);
    const proof = faults.length > 0 ? faults.join(' ') : proven ? null : req.t('records:service.proofMissing');
    const errors = { ...(read.ok ? {} : read.form.errors), ...(proof === null ? {} : { proof }) };
    if (!read.ok || proof !== null) return show(req, res, 422, record, reading, { form: { ...refusedForm(req.body, {}), errors }, commandId, corrected, arrived });

    const typed = read.data.service;
    const { rules, calendar } = reading.law;
    const service: Service | null = typed && { ...typed, servedOn: dayOfService(typed.means, typed.issuedOn, rules, calendar), proof: arrived };
    await files.keep(service?.proof ?? []);
    const changed = await knex.transaction((trx) => changeRecords(trx, {
      ...writingOf(req, records, reading, facts.unit),
      key: `served:${commandId}`,
      changes: [{ record: record.id, draft: { type: 'record.served', service, corrects, reason: read.data.reason } }],
    }));
    const written = (changed.get(record.id)?.events.length ?? 0) > 0;
    said(!written ? 'records:service.meanwhile' : corrected ? 'records:service.saidCorrected' : 'records:service.said', written ? 'done' : 'info');
  });
}

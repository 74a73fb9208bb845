import { randomUUID } from 'node:crypto';
import type { Request, Response, Router } from 'express';
import { z } from 'zod';
import { BadRequest, Forbidden, NotFound } from '../../../platform/http/errors.ts';
import { entriesOf } from '../../../platform/http/fill-form.ts';
import { newForm, readForm, refusedForm, type Form } from '../../../platform/http/forms.ts';
import type { Notice } from '../../../platform/http/view-models.ts';
import { knownNames } from '../../../platform/records/masking.ts';
import type { SubjectRow } from '../../../platform/records/subjects.ts';
import { NoRuleValid } from '../../../rules/limits/index.ts';
import { standingOf, type RecordState } from '../../../rules/records/file.ts';
import { listPath } from '../list/filter.ts';
import { courtsAmong, enteringUnits, readingOf, writingOf, type Reading, type Records } from '../parts.ts';
import { findRecord } from '../queries.ts';
import { isNoticeDue, noticePath } from '../service/presenter.ts';
import { recordSchema, type Entered } from './forms.ts';
import { presentEnter, presentPreview, valuesOfFacts, type Correcting } from './presenter.ts';
import { registerRecord, type Registered } from './register.ts';

/** What the form has beside its fields. */
const beside = z.object({
  commandId: z.uuid(),
  do: z.enum(['preview', 'send', 'edit']).catch('preview'),
  corrects: z.uuid().nullable().catch(null),
  seenVersion: z.coerce.number().int().nullable().catch(null),
});

interface Known {
  readonly id: string;
  readonly state: RecordState;
}

const correctingOf = ({ id, state }: Known, version = state.version): Correcting => ({ id, documentNo: state.facts.documentNo, version });

/** `/records/new`, the correction of a record, the preview of both and the sending. */
export function enterRoutes(router: Router, records: Records): void {
  const { knex } = records.ground;

  /** Where one may not enter records: an administrator of law, say, or a supervisor. */
  function entering(reading: Reading): string[] {
    const units = enteringUnits(reading.person);
    if (units.length === 0) throw new Forbidden('records:enter.notYours');
    return units;
  }

  /** The record that is to be corrected: one of the person's own units. */
  async function correctable(reading: Reading, id: string): Promise<Known> {
    const record = await findRecord(knex, reading, id);
    if (!record) throw new NotFound({ refused: true });
    if (!entering(reading).includes(record.state.facts.unit)) throw new Forbidden('records:correct.notYours');
    return record;
  }

  const show = (req: Request, res: Response, status: number, parts: { form: Form; commandId: string; correcting: Correcting | null; reading: Reading; notice?: Notice }): void => {
    res.status(status).render('records/enter', presentEnter(req, parts));
  };

  router.get('/new', async (req, res) => {
    const reading = await readingOf(req, records);
    entering(reading);
    const { name, code } = req.query;
    // The page of a subject leads here with its own name and code.
    const values = { ...(typeof name === 'string' ? { subjectName: name } : {}), ...(typeof code === 'string' ? { subjectCode: code } : {}) };
    show(req, res, 200, { form: newForm(values), commandId: randomUUID(), correcting: null, reading });
  });

  router.get('/:id/correct', async (req, res) => {
    const reading = await readingOf(req, records);
    const record = await correctable(reading, req.params.id);
    req.viewed = { kind: 'recordViewed', about: record.state.facts.documentNo };
    show(req, res, 200, { form: newForm(valuesOfFacts(record.state.facts)), commandId: randomUUID(), correcting: correctingOf(record), reading });
  });

  /** Registers in a transaction that is kept, or looks what would come of it in one that is not. */
  async function register(req: Request, reading: Reading, entered: Entered, { commandId, corrects }: { commandId: string; corrects: string | null }, keep: (registered: Registered) => boolean): Promise<{ registered: Registered; frozen: boolean; names: string[]; kept: boolean }> {
    const trx = await knex.transaction();
    let kept = false;
    try {
      const registered = await registerRecord(trx, entered, { seal: records.seal, writing: writingOf(req, records, reading, entered.facts.unit), commandId, corrects, source: 'form' });
      const subject = 'state' in registered ? await trx<SubjectRow>('subject').where({ id: registered.state.facts.subject.id }).first() : undefined;
      // In this transaction, as the subject may be known from here on alone.
      const [names] = await knownNames(trx, records.seal, subject ? [subject] : []);
      kept = keep(registered);
      return { registered, frozen: subject?.frozen ?? false, names: names ?? [], kept };
    } finally {
      await (kept ? trx.commit() : trx.rollback());
    }
  }

  router.post('/', async (req, res) => {
    const reading = await readingOf(req, records);
    const units = entering(reading);
    const own = beside.safeParse(req.body);
    if (!own.success) throw new BadRequest('errors:malformed');
    const { commandId, corrects, seenVersion } = own.data;
    const record = corrects === null ? null : await correctable(reading, corrects);
    const correcting = record && correctingOf(record, seenVersion ?? record.state.version);
    const read = readForm(recordSchema({ today: reading.today, units, courts: courtsAmong(units, reading.units) }), req.body, req.t);
    const typed = refusedForm(req.body, {});
    if (own.data.do === 'edit') return show(req, res, 200, { form: typed, commandId, correcting, reading });
    if (!read.ok) return show(req, res, 422, { form: read.form, commandId, correcting, reading });
    if (record && seenVersion !== record.state.version && own.data.do === 'send') {
      const notice: Notice = { tone: 'late', text: req.t('records:correct.meanwhile'), link: { href: `${listPath}/${record.id}`, label: record.state.facts.documentNo } };
      return show(req, res, 409, { form: typed, commandId, correcting: correctingOf(record), reading, notice });
    }

    const { data } = read;
    const chosen = data.subject.kind === 'organisation' ? (data.subject.difference ?? null) : null;
    // Another name or another firm is written down with its reason, or not at all.
    const entered: Entered = chosen !== null && data.reason === null && data.subject.kind === 'organisation' ? { ...data, subject: { ...data.subject, difference: null } } : data;
    const sends = (registered: Registered): boolean =>
      own.data.do === 'send' && (registered.outcome === 'stored' || registered.outcome === 'same' || (registered.outcome === 'corrected' && data.reason !== null));
    const refuse = (errors: Record<string, string>): void => show(req, res, 422, { form: refusedForm(req.body, errors), commandId, correcting, reading });
    try {
      const { registered, frozen, names, kept } = await register(req, reading, entered, { commandId, corrects }, sends);
      if (registered.outcome === 'taken') return refuse({ documentNo: req.t('records:correct.taken') });
      if (registered.outcome === 'withdrawn') return refuse({ documentNo: req.t('records:correct.withdrawn') });
      if (kept && 'state' in registered) {
        const waits = registered.outcome !== 'same' && standingOf(registered.state) === 'waiting';
        const said = waits ? 'waiting' : registered.outcome === 'same' ? 'same' : registered.outcome === 'corrected' ? 'corrected' : registered.state.status === 'published' && !frozen ? 'published' : 'stored';
        req.flash({ tone: 'done', text: req.t(`records:said.${said}`, { documentNo: registered.state.facts.documentNo }) });
        if (registered.outcome === 'stored' && isNoticeDue(registered.state, reading)) {
          req.flash({ tone: 'info', text: req.t('records:service.next'), link: { href: noticePath(registered.state.id), label: req.t('documents:notice.title') } });
        }
        return res.redirect(303, `${listPath}/${registered.state.id}`);
      }
      // An answer that the step between asks for, once that step was seen.
      const seen = own.data.do === 'send' || typeof req.body === 'object' && req.body !== null && 'reason' in req.body;
      const errors = {
        ...(registered.outcome === 'otherName' && chosen === null ? { difference: req.t('common:form.required') } : {}),
        ...(data.reason === null && registered.outcome !== 'stored' && registered.outcome !== 'same' ? { reason: req.t('common:form.required') } : {}),
      };
      const wrong = seen && Object.keys(errors).length > 0;
      const form = refusedForm(req.body, wrong ? errors : {});
      res.status(wrong ? 422 : 200).render('records/preview', presentPreview(req, { form, entries: entriesOf(req.body), commandId, correcting, registered, frozen, names, reading }));
    } catch (error) {
      if (!(error instanceof NoRuleValid)) throw error;
      refuse({ decidedOn: req.t('records:enter.noRule', { date: error.date }) });
    }
  });
}

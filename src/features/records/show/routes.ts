import type { Request, Response, Router } from 'express';
import { z } from 'zod';
import { BadRequest, Forbidden, NotFound } from '../../../platform/http/errors.ts';
import { readForm, refusedForm, type Form } from '../../../platform/http/forms.ts';
import { changeRecords } from '../../../platform/records/append.ts';
import { rowOfKept } from '../../../platform/records/ends.ts';
import { readRecordEvents } from '../../../platform/records/events.ts';
import { knownNames, maskingOf } from '../../../platform/records/masking.ts';
import type { RecordDraft } from '../../../rules/records/changes.ts';
import { listPath } from '../list/filter.ts';
import { enteringUnits, readingOf, readsAll, writingOf, type Reading, type Records } from '../parts.ts';
import { casesAbout, findRecord, proposalsOf, type FoundRecord, type Proposal, type ProposalAct } from '../queries.ts';
import { recordAsRead, type WrittenRecord } from './as-read.ts';
import { actForms, isProposal, recordActs, type RecordAct } from './forms.ts';
import { mayAct } from './may.ts';
import { presentRecord } from './presenter.ts';

const beside = z.object({ commandId: z.uuid() });

/** PostgreSQL's code for a row that is there already. */
const isTwice = (error: unknown): boolean => error instanceof Error && 'code' in error && error.code === '23505';

/** What is recorded when a second person agrees. A hold is named by its proposal, as no case brought it about. */
function draftOf({ id, act, reason }: Pick<Proposal, 'id' | 'act' | 'reason'>): RecordDraft {
  switch (act) {
    case 'publish':
      return { type: 'record.published', by: 'person', reason };
    case 'withdraw':
      return { type: 'record.withdrawn', because: null, reason };
    case 'stay':
    case 'shield':
      return { type: 'record.held', hold: act, because: id, reason };
    case 'liftStay':
      return { type: 'record.unheld', hold: 'stay', because: id, reason };
    case 'liftShield':
      return { type: 'record.unheld', hold: 'shield', because: id, reason };
  }
}

/** `/records/:id` and the acts on a record. */
export function showRoutes(router: Router, records: Records): void {
  const { knex } = records.ground;

  async function recordOf(reading: Reading, id: string): Promise<FoundRecord> {
    const record = await findRecord(knex, reading, id);
    if (!record) throw new NotFound({ refused: true });
    return record;
  }

  async function keptBy(req: Request, { state }: FoundRecord): Promise<string | null> {
    if (state.keptBy === null) return null;
    const row = await knex<{ id: number; legal_basis: string }>('rule_version').where({ id: rowOfKept(state.keptBy) }).first('legal_basis');
    return req.t('records:show.rule', { rule: state.keptBy, basis: row?.legal_basis ?? '' });
  }

  async function show(req: Request, res: Response, status: number, reading: Reading, record: FoundRecord, posted: { act: RecordAct; form: Form } | null): Promise<void> {
    const [events, proposals, about, kept, [names]] = await Promise.all([
      readRecordEvents(knex, record.id),
      proposalsOf(knex, record.id),
      casesAbout(knex, record.id, reading.sight),
      keptBy(req, record),
      knownNames(knex, records.seal, [record]),
    ]);
    const asWritten = readsAll(reading, record.state);
    const written: WrittenRecord = { record, events, proposals };
    const read = asWritten ? written : recordAsRead(written, { units: reading.sight.units, mask: maskingOf(names!) });
    res.status(status).render('records/show', presentRecord(req, {
      ...read, names: names!, asWritten, cases: about, casePaths: records.casePaths, reading, posted, keptBy: kept, order: req.query['order'] === 'oldest' ? 'oldest' : 'newest',
    }));
  }

  router.get('/:id', async (req, res) => {
    const reading = await readingOf(req, records);
    await show(req, res, 200, reading, await recordOf(reading, req.params.id), null);
  });

  /** One change of the record's file, for the unit that made it unless another is named. */
  async function change(req: Request, reading: Reading, { id }: FoundRecord, { key, unit, draft }: { key: string; unit: string; draft: RecordDraft }): Promise<void> {
    await knex.transaction((trx) => changeRecords(trx, { ...writingOf(req, records, reading, unit), key, changes: [{ record: id, draft }] }));
  }

  async function propose(reading: Reading, { id }: FoundRecord, { commandId, act, reason }: { commandId: string; act: ProposalAct; reason: string }): Promise<void> {
    await knex('record_proposal')
      .insert({ id: commandId, record_id: id, act, reason, proposed_by: reading.person.id, proposed_at: reading.now })
      .catch((error: unknown) => {
        // The same form twice, or somebody was quicker: one proposal waits, and the page shows it.
        if (!isTwice(error)) throw error;
      });
  }

  /** Takes the proposal and does what it says, or neither: two who decide at once are one decision. */
  async function decide(req: Request, reading: Reading, record: FoundRecord, open: Proposal, { verdict, note }: { verdict: 'granted' | 'refused'; note?: string | undefined }): Promise<boolean> {
    const { person, now } = reading;
    const granted = verdict === 'granted';
    const office = reading.sight.all ? (person.roles[0]?.unit ?? '') : record.state.facts.unit;
    return knex.transaction(async (trx) => {
      const taken = await trx('record_proposal').where({ id: open.id }).whereNull('decided_at')
        .update({ decided_by: person.id, decided_at: now, granted, note: note ?? null });
      if (taken === 0) return false;
      if (!granted) return true;
      const draft = draftOf(open);
      await changeRecords(trx, { ...writingOf(req, records, reading, office), key: `proposal:${open.id}`, changes: [{ record: record.id, draft }] });
      return true;
    });
  }

  router.post('/:id/:act', async (req, res) => {
    const act = recordActs.find((one) => one === req.params.act);
    const own = beside.safeParse(req.body);
    if (act === undefined) throw new NotFound();
    if (!own.success) throw new BadRequest('errors:malformed');
    const { commandId } = own.data;
    const reading = await readingOf(req, records);
    const record = await recordOf(reading, req.params.id);
    const open = (await proposalsOf(knex, record.id)).find(({ decided }) => decided === null) ?? null;
    const may = mayAct(act, { state: record.state, open, reading });
    if (may === null) throw new Forbidden('records:no.notYours');
    if (!may.ok) throw new Forbidden(`records:no.${may.reason}`, { name: open?.by.name ?? '' });
    const { unit } = record.state.facts;
    const vain = (form: Form): Promise<void> => show(req, res, 422, reading, record, { act, form });

    if (isProposal(act)) {
      const read = readForm(actForms.propose, req.body, req.t);
      if (!read.ok) return vain(read.form);
      await propose(reading, record, { commandId, act, reason: read.data.reason });
      req.flash({ tone: 'done', text: req.t(`records:said.${act}`) });
      return res.redirect(303, `${listPath}/${record.id}`);
    }
    switch (act) {
      case 'dispute': {
        const read = readForm(actForms.dispute, req.body, req.t);
        if (!read.ok) return vain(read.form);
        const { mark, reason } = read.data;
        if (record.state.marks[mark] !== undefined) return vain(refusedForm(req.body, { mark: req.t('records:act_.dispute.marked') }));
        await change(req, reading, record, { key: commandId, unit, draft: { type: 'record.marked', mark, because: reason } });
        break;
      }
      case 'settle': {
        const read = readForm(actForms.settle, req.body, req.t);
        if (!read.ok) return vain(read.form);
        const { mark, reason } = read.data;
        const because = record.state.marks[mark];
        if (because === undefined) return vain(refusedForm(req.body, { mark: req.t('records:act_.settle.notMarked') }));
        await change(req, reading, record, { key: commandId, unit, draft: { type: 'record.unmarked', mark, because, result: reason } });
        break;
      }
      case 'performed': {
        const read = readForm(actForms.performed, req.body, req.t);
        if (!read.ok) return vain(read.form);
        await change(req, reading, record, { key: commandId, unit, draft: { type: 'record.performed', reason: read.data.reason } });
        break;
      }
      case 'use': {
        const read = readForm(actForms.use, req.body, req.t);
        if (!read.ok) return vain(read.form);
        const { unit: user, measure, legalBasis } = read.data;
        if (!enteringUnits(reading.person).includes(user) || record.state.uses[user] !== undefined) return vain(refusedForm(req.body, { unit: req.t('common:form.notOffered', { value: user }) }));
        await change(req, reading, record, { key: commandId, unit: user, draft: { type: 'record.used', unit: user, measure, legalBasis } });
        break;
      }
      case 'decide': {
        const read = readForm(actForms.decide, req.body, req.t);
        if (!read.ok) return vain(read.form);
        if (read.data.verdict === 'refused' && read.data.note === undefined) return vain(refusedForm(req.body, { note: req.t('records:proposal.noteMissing') }));
        if (!open || open.id !== read.data.proposal || !(await decide(req, reading, record, open, read.data))) {
          req.flash({ tone: 'soon', text: req.t('records:proposal.decidedMeanwhile') });
          return res.redirect(303, `${listPath}/${record.id}`);
        }
        req.flash({ tone: 'done', text: req.t(`records:said.${read.data.verdict}.${open.act}`) });
        return res.redirect(303, `${listPath}/${record.id}`);
      }
    }
    req.flash({ tone: 'done', text: req.t(`records:said.${act}`) });
    res.redirect(303, `${listPath}/${record.id}`);
  });
}

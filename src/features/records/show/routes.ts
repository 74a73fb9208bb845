import type { Request, Response, Router } from 'express';
import type { Knex } from 'knex';
import { z } from 'zod';
import { BadRequest, Forbidden, NotFound } from '../../../platform/http/errors.ts';
import { entriesOf } from '../../../platform/http/fill-form.ts';
import { readForm, refusedForm, type Form } from '../../../platform/http/forms.ts';
import { changeRecords, publishesAtOnce } from '../../../platform/records/append.ts';
import { rowOfKept } from '../../../platform/records/ends.ts';
import { readRecordEvents } from '../../../platform/records/events.ts';
import { knownNames, maskingOf } from '../../../platform/records/masking.ts';
import { withdrawalDue } from '../../../platform/records/withdrawal-clock.ts';
import { takenOff } from '../../../platform/takedowns.ts';
import { officeOf } from '../../../platform/units.ts';
import type { RecordDraft } from '../../../rules/records/changes.ts';
import type { RecordState } from '../../../rules/records/file.ts';
import { listPath } from '../list/filter.ts';
import { enteringUnits, readingOf, readsAll, writingOf, type ActingParts, type Reading, type Records } from '../parts.ts';
import { casesAbout, findRecord, ordersAbout, proposalsOf, publicReasons, type FoundRecord, type Proposal } from '../queries.ts';
import { recordAsRead, type WrittenRecord } from './as-read.ts';
import { actForms, disputesOn, holdsOn, isProposal, isTold, proposeForm, recordActs, targetOf, type RecordAct } from './forms.ts';
import { createProposalLetters, type NewProposal } from './letters.ts';
import { lookForm } from './look.ts';
import { mayAct, openOf } from './may.ts';
import { presentRecord } from './presenter.ts';
import { presentReason } from './reason-presenter.ts';

/** `do`: what is to become of a reason that everybody will read; without it, it is proposed. */
const beside = z.object({ commandId: z.uuid(), do: z.enum(['preview', 'edit', 'send']).catch('send') });

/** The unit that supervises; undefined before the city has one. */
const creditOffice = ({ units }: Reading): string | undefined => officeOf(units)?.id;

/** What is recorded when a second person agrees. A hold is named by its proposal, as no case brought it about. */
function draftOf({ id, act, reason, target, document, passages }: Pick<Proposal, 'id' | 'act' | 'reason' | 'target' | 'document' | 'passages'>): RecordDraft {
  const order = { reason, ...(document ? { document } : {}) };
  const because = target ?? '';
  switch (act) {
    case 'publish':
      return { type: 'record.published', by: 'person', reason };
    case 'look':
      return { type: 'record.looked', passages, reason };
    case 'withdraw':
      return { type: 'record.withdrawn', because: null, reason };
    case 'stay':
    case 'shield':
      return { type: 'record.held', hold: act, because: id, ...order };
    case 'liftStay':
      return { type: 'record.unheld', hold: 'stay', because, ...order };
    case 'liftShield':
      return { type: 'record.unheld', hold: 'shield', because, ...order };
    case 'finalise':
      return { type: 'record.finalised', because, ...order };
    case 'mendReason':
      return { type: 'record.reasonMended', of: because, reason };
  }
}

/** What was kept back for the look alone is published by its rule once two persons have looked. */
function draftsOf(open: Proposal, { status, publicity, facts }: RecordState, today: string): RecordDraft[] {
  const published = open.act === 'look' && status === 'stored' && publishesAtOnce(facts, publicity, today);
  return [draftOf(open), ...(published ? [{ type: 'record.published', by: 'rule', reason: null } as const] : [])];
}

/** `/records/:id` and the acts on a record. */
export function showRoutes(router: Router, records: Records & ActingParts): void {
  const { knex } = records.ground;

  const letters = createProposalLetters(records.ground);
  const tellWithdrawn = records.tellWithdrawn(records.ground);

  /** Letters that are queued are sent by the worker; what it does not get now stays in the mail log. */
  async function sendOff(req: Request, mails: readonly string[]): Promise<void> {
    if (mails.length === 0) return;
    await records.deliver(mails).catch((error: unknown) => records.ground.logger.error({ requestId: req.requestId, err: error }, 'letters about a proposal wait in the mail log'));
  }

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
    const [events, proposals, about, orders, kept, [names], reasons, off] = await Promise.all([
      readRecordEvents(knex, record.id),
      proposalsOf(knex, record.id),
      casesAbout(knex, record.id, reading.sight),
      ordersAbout(knex, record.id, reading.sight),
      keptBy(req, record),
      knownNames(knex, records.seal, [record]),
      publicReasons(knex, record),
      record.off ? takenOff(knex, { kind: 'record', ref: record.id }) : undefined,
    ]);
    req.viewed = { kind: 'recordViewed', about: record.state.facts.documentNo };
    const asWritten = readsAll(reading, record.state);
    const written: WrittenRecord = { record, events, proposals };
    const read = asWritten ? written : recordAsRead(written, { units: reading.sight.units, mask: maskingOf(names!, record.state.passages) });
    res.status(status).render('records/show', presentRecord(req, {
      ...read, names: names!, asWritten, cases: about, orders, casePaths: records.casePaths, reading, posted, reasons, off: off ?? null, keptBy: kept, order: req.query['order'] === 'oldest' ? 'oldest' : 'newest',
    }));
  }

  router.get('/:id', async (req, res) => {
    const reading = await readingOf(req, records);
    await show(req, res, 200, reading, await recordOf(reading, req.params.id), null);
  });

  /** One change of the record's file by a person of the unit, with the record as it is then. */
  async function change(req: Request, reading: Reading, { id }: FoundRecord, { key, unit, draft }: { key: string; unit: string; draft: RecordDraft }): Promise<RecordState> {
    const changed = await knex.transaction((trx) => changeRecords(trx, { ...writingOf(req, records, reading, unit), key, changes: [{ record: id, draft }] }));
    return changed.get(id)!.state;
  }

  async function propose(req: Request, reading: Reading, record: FoundRecord, proposed: NewProposal): Promise<void> {
    const mails = await knex.transaction(async (trx) => {
      const { id, act, reason, target = null, document = null, knownOn = null, passages } = proposed;
      const due = knownOn === null ? null : withdrawalDue(reading.law.rules, reading.law.calendar, knownOn);
      // The same form twice, or somebody was quicker: one proposal waits, and the page shows it.
      const made = await trx('record_proposal')
        .insert({ id, record_id: record.id, act, reason, target, passages: passages ? JSON.stringify(passages) : null, document_no: document?.no ?? null, document_on: document?.on ?? null, proposed_by: reading.person.id, proposed_at: reading.now, known_on: knownOn, due_at: due })
        .onConflict().ignore().returning('id');
      return made.length === 0 ? [] : letters.proposed(trx, { proposal: proposed, record, by: reading.person, office: creditOffice(reading), requestId: req.requestId });
    });
    await sendOff(req, mails);
  }

  /**
   * Takes the proposal and does what it says, or neither: two who decide at once are one decision. What the record went
   * past meanwhile is not done, and is kept as not agreed, with that as the reason.
   */
  async function decide(req: Request, reading: Reading, record: FoundRecord, open: Proposal, { verdict, note = null }: { verdict: 'granted' | 'refused'; note?: string | null | undefined }): Promise<'granted' | 'refused' | 'overtaken' | 'decidedMeanwhile'> {
    const { person, now } = reading;
    const unit = reading.sight.all ? (person.roles[0]?.unit ?? '') : record.state.facts.unit;
    const settle = async (trx: Knex.Transaction, fate: 'granted' | 'refused' | 'overtaken', why: string | null) => {
      const granted = fate === 'granted';
      await trx('record_proposal').where({ id: open.id }).update({ decided_by: person.id, decided_at: now, granted, note: why });
      return { fate, mails: await letters.decided(trx, { proposal: open, record, by: person, granted, note: why, requestId: req.requestId }) };
    };
    const decided = await knex.transaction(async (trx) => {
      const waits: unknown = await trx('record_proposal').where({ id: open.id }).whereNull('decided_at').forUpdate().first('id');
      if (waits === undefined) return null;
      if (verdict === 'refused') return settle(trx, 'refused', note);
      const changed = await changeRecords(trx, { ...writingOf(req, records, reading, unit), key: `proposal:${open.id}`, changes: draftsOf(open, record.state, reading.today).map((draft) => ({ record: record.id, draft })) });
      const isDone = (changed.get(record.id)?.events.length ?? 0) > 0;
      if (!isDone) return settle(trx, 'overtaken', req.t('records:proposal.overtaken'));
      const granted = await settle(trx, 'granted', note);
      return { ...granted, mails: [...granted.mails, ...(await toldSubject(trx, req, reading, record, open))] };
    });
    if (decided === null) return 'decidedMeanwhile';
    await sendOff(req, decided.mails);
    return decided.fate;
  }

  /** The subject of a record that was public hears that it was withdrawn, and why, as everybody may read it. */
  async function toldSubject(trx: Knex.Transaction, req: Request, { units }: Reading, record: FoundRecord, { act, reason }: Proposal): Promise<string[]> {
    const { facts, publishedAt } = record.state;
    if (act !== 'withdraw' || publishedAt === null) return [];
    const [names] = await knownNames(trx, records.seal, [record]);
    const mask = maskingOf(names!, record.state.passages);
    const unit = units.find(({ id }) => id === facts.unit);
    return tellWithdrawn(trx, {
      record: record.id, subject: record.subject, documentNo: mask(facts.documentNo), reason: mask(reason),
      unit: { name: unit?.name ?? facts.unit, nameEn: unit?.nameEn ?? facts.unit }, requestId: req.requestId,
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
    const proposals = await proposalsOf(knex, record.id);
    const open = openOf(proposals);
    const reasons = await publicReasons(knex, record);
    const may = mayAct(act, { state: record.state, proposals, reading, reasons });
    if (may === null) throw new Forbidden('records:no.notYours');
    if (!may.ok) throw new Forbidden(`records:no.${may.reason}`, { name: open?.by.name ?? '' });
    const { unit } = record.state.facts;
    const vain = (form: Form): Promise<void> => show(req, res, 422, reading, record, { act, form });

    if (act === 'look') {
      const read = readForm(lookForm(record.state), req.body, req.t);
      if (!read.ok) return vain(read.form);
      await propose(req, reading, record, { id: commandId, act, ...read.data });
      req.flash({ tone: 'done', text: req.t('records:said.look') });
      return res.redirect(303, `${listPath}/${record.id}`);
    }
    if (isProposal(act)) {
      const read = readForm(proposeForm(act, { state: record.state, today: reading.today, reasons }), req.body, req.t);
      if (!read.ok) return vain(read.form);
      const { reason, documentNo, documentOn, target, knownOn } = read.data;
      const hold = targetOf(act);
      if (isTold(act) && own.data.do === 'preview') {
        const [names] = await knownNames(knex, records.seal, [record]);
        return res.render('records/reason', presentReason(req, { act, reason, record, reading, names: names!, commandId, entries: entriesOf(req.body) }));
      }
      if (isTold(act) && own.data.do === 'edit') return show(req, res, 200, reading, record, { act, form: refusedForm(req.body, {}) });
      await propose(req, reading, record, {
        id: commandId, act, reason,
        ...(documentNo !== undefined && documentOn !== undefined ? { document: { no: documentNo, on: documentOn } } : {}),
        ...(hold === null ? {} : { target: holdsOn(record.state, hold).find(({ name }) => name === target)?.because ?? '' }),
        ...(act === 'mendReason' && target !== undefined ? { target } : {}),
        ...(knownOn === undefined ? {} : { knownOn }),
      });
      req.flash({ tone: 'done', text: req.t(`records:said.${act}`) });
      return res.redirect(303, `${listPath}/${record.id}`);
    }
    switch (act) {
      case 'dispute': {
        const read = readForm(actForms.dispute, req.body, req.t);
        if (!read.ok) return vain(read.form);
        const { mark, reason } = read.data;
        if (record.state.marks[mark]?.includes(reason) === true) return vain(refusedForm(req.body, { reason: req.t('records:act_.dispute.marked') }));
        await change(req, reading, record, { key: commandId, unit, draft: { type: 'record.marked', mark, because: reason } });
        break;
      }
      case 'settle': {
        const read = readForm(actForms.settle, req.body, req.t);
        if (!read.ok) return vain(read.form);
        const { mark, reason } = read.data;
        const dispute = disputesOn(record.state).find(({ name }) => name === mark);
        if (!dispute) return vain(refusedForm(req.body, { mark: req.t('records:act_.settle.notMarked') }));
        await change(req, reading, record, { key: commandId, unit, draft: { type: 'record.unmarked', mark: dispute.kind, because: dispute.because, result: reason } });
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
        const after = await change(req, reading, record, { key: commandId, unit: user, draft: { type: 'record.used', unit: user, measure, legalBasis } });
        if (after.uses[user] === undefined) {
          req.flash({ tone: 'late', text: req.t('records:said.gone') });
          return res.redirect(303, listPath);
        }
        break;
      }
      case 'decide': {
        const read = readForm(actForms.decide, req.body, req.t);
        if (!read.ok) return vain(read.form);
        if (read.data.verdict === 'refused' && read.data.note === undefined) return vain(refusedForm(req.body, { note: req.t('records:proposal.noteMissing') }));
        const fate = !open || open.id !== read.data.proposal ? 'decidedMeanwhile' : await decide(req, reading, record, open, read.data);
        if (fate === 'granted' || fate === 'refused') req.flash({ tone: 'done', text: req.t(`records:said.${fate}.${open?.act ?? 'publish'}`) });
        else req.flash({ tone: 'soon', text: req.t(`records:proposal.${fate}`) });
        return res.redirect(303, `${listPath}/${record.id}`);
      }
    }
    req.flash({ tone: 'done', text: req.t(`records:said.${act}`) });
    res.redirect(303, `${listPath}/${record.id}`);
  });
}

import { randomUUID } from 'node:crypto';
import type { Request } from 'express';
import { filled, newForm, valuesOf, type Form } from '../../../platform/http/forms.ts';
import { markFields } from '../../../platform/http/marking.ts';
import { createMoments } from '../../../platform/http/moments.ts';
import type { ConfirmBlock, Facts, Field, FormShell, RadioField, TextComparison } from '../../../platform/http/view-models.ts';
import type { ChainedRecordEvent } from '../../../platform/records/events.ts';
import { doubtsOf } from '../../../rules/records/bars.ts';
import { ownReason, whatOf } from '../../../rules/records/file.ts';
import { listPath } from '../list/filter.ts';
import { reasonBeside } from '../masking.ts';
import { enteringUnits, unitNames } from '../parts.ts';
import type { Proposal, PublicReason } from '../queries.ts';
import { disputes, disputesOn, holdsOn, isOrdered, isProposal, isTold, longestMeasure, longestReason, recordActs, targetOf, type RecordAct } from './forms.ts';
import { mayAct, openOf } from './may.ts';
import { withDocument, type ShowParts } from './show-parts.ts';

/** An act behind a line that opens. */
export interface ActPanel {
  readonly act: RecordAct;
  readonly title: string;
  readonly open: boolean;
  readonly form: FormShell;
  readonly fields: Field[];
  readonly confirm: ConfirmBlock;
  readonly button: { label: string; danger?: boolean };
  /** What is to be decided: who proposed it and why; of a look, each passage that is masked and each that is kept. */
  readonly proposed: Facts | null;
  /** A reason that everybody will read, before it is agreed to. */
  readonly comparison: TextComparison | null;
}

/** A hold by what set it: the document, or the reason that was given. */
function holdInWords(because: string, events: readonly ChainedRecordEvent[], t: Request['t']): string {
  const held = events.findLast(({ what }) => what.type === 'record.held' && what.because === because)?.what;
  return held?.type === 'record.held' ? withDocument(held, t) : because;
}

/** A published reason by what it is the reason of. */
const reasonName = ({ of, at }: PublicReason, t: Request['t']): string => t(`records:act_.mendReason.${of === ownReason ? 'own' : of.endsWith(whatOf('')) ? 'what' : 'correction'}`, { date: createMoments(t).table(at).text });

/** Where there is one to choose, it is chosen. */
const onlyOne = (field: RadioField): RadioField => (field.options.length === 1 && !field.value ? { ...field, value: field.options[0]!.value } : field);

function panelFields(act: RecordAct, req: Request, form: Form, { reading, record, proposals, events, reasons, names, posted }: ShowParts): Field[] {
  const { t } = req;
  const reason = (): Field => ({ kind: 'textarea', rows: 2, limit: longestReason, label: t('records:reason'), hint: t(`records:act_.${act}.reasonHint`), required: true, ...filled(form, 'reason'), id: `${act}-reason` });
  if (act === 'look') {
    const { facts, passages = [] } = record.state;
    const doubts = doubtsOf(facts, { names, passages });
    const known = [...passages.map(({ text }) => text), ...doubts.map(({ original }) => original)];
    // Whoever only goes on masks what is doubtful: nothing is shown by oversight.
    const masked = [...passages.flatMap(({ text, as }) => (as === 'masked' ? [text] : [])), ...doubts.map(({ original }) => original)];
    return [
      ...markFields(form, { offered: known, ticked: posted?.act === 'look' ? valuesOf(form, 'doubts') : masked }, t),
      reason(),
    ];
  }
  if (isProposal(act)) {
    const hold = targetOf(act);
    return [
      ...(hold === null ? [] : [onlyOne({ kind: 'radios', label: t(`records:act_.${act}.target`), required: true, options: holdsOn(record.state, hold).map(({ name, because }) => ({ value: name, label: holdInWords(because, events, t) })), ...filled(form, 'target'), id: `${act}-target` })]),
      ...(isOrdered(act)
        ? [
            { kind: 'text' as const, label: t('records:document.no'), hint: t('records:document.noHint'), required: true, ...filled(form, 'documentNo'), id: `${act}-documentNo` },
            { kind: 'date' as const, label: t('records:document.on'), required: true, min: record.state.facts.decidedOn, max: reading.today, ...filled(form, 'documentOn'), id: `${act}-documentOn` },
          ]
        : []),
      ...(act === 'mendReason' ? [onlyOne({ kind: 'radios', label: t('records:act_.mendReason.target'), required: true, options: reasons.map((one) => ({ value: one.of, label: reasonName(one, t), hint: one.text })), ...filled(form, 'target'), id: 'mendReason-target' })] : []),
      ...(act === 'withdraw' ? [{ kind: 'date' as const, label: t('records:act_.withdraw.knownOn'), hint: t('records:act_.withdraw.knownOnHint'), required: true, min: record.state.facts.decidedOn, max: reading.today, ...filled(form, 'knownOn'), id: 'withdraw-knownOn' }] : []),
      reason(),
    ];
  }
  switch (act) {
    case 'performed':
      return [reason()];
    case 'dispute':
    case 'settle': {
      const options = act === 'dispute'
        ? disputes.map((value) => ({ value, label: t(`records:mark.${value}`) }))
        : disputesOn(record.state).map(({ kind, because, name }) => ({ value: name, label: t('records:act_.settle.one', { mark: t(`records:mark.${kind}`), because }) }));
      return [onlyOne({ kind: 'radios', inline: act === 'dispute', label: t(`records:act_.${act}.mark`), required: true, options, ...filled(form, 'mark'), id: `${act}-mark` }), reason()];
    }
    case 'decide': {
      const open = proposals.find(({ decided }) => decided === null);
      return [
        { kind: 'radios', inline: true, label: t('records:proposal.verdict', { act: t(`records:proposal.act.${open?.act ?? 'publish'}`) }), required: true, options: ['granted', 'refused'].map((value) => ({ value, label: t(`records:proposal.${value}`) })), ...filled(form, 'verdict') },
        { kind: 'textarea', rows: 2, limit: longestReason, label: t('records:proposal.note'), ...filled(form, 'note') },
      ];
    }
    case 'use': {
      const nameOf = unitNames(reading.units, req.locale);
      const units = enteringUnits(reading.person).filter((unit) => record.state.uses[unit] === undefined);
      return [
        { kind: 'select', label: t('records:use.unit'), required: true, ...(units.length === 1 ? { blank: false as const } : {}), options: units.map((value) => ({ value, label: nameOf(value) })), ...filled(form, 'unit') },
        { kind: 'text', label: t('records:use.measure'), hint: t('records:use.measureHint', { limit: longestMeasure }), required: true, ...filled(form, 'measure') },
        { kind: 'text', label: t('records:legalBasis'), hint: t('records:use.basisHint'), required: true, ...filled(form, 'legalBasis'), id: 'use-legalBasis' },
      ];
    }
  }
}

/** A proposal as the second person reads it before he decides. */
function proposedFacts({ t }: Pick<Request, 't'>, { reason, document, by, at, passages }: Proposal): Facts {
  const moments = createMoments(t);
  return {
    items: [
      { term: t('records:proposal.by'), value: t('records:proposal.byOn', { name: by.name, date: moments.day(at).text }) },
      ...(passages.length === 0 ? [] : [{ term: t('records:proposal.passages'), value: { kind: 'lines' as const, lines: passages.map(({ text, as }) => t(`records:passage.${as}`, { text })) }, wide: true }]),
      { term: t('records:proposal.reason'), value: withDocument({ reason, document }, t), wide: true },
    ],
  };
}

/** What may be done with a record, and what may not with its reason. */
export interface Panels {
  readonly panels: ActPanel[];
  readonly closed: { title: string; reason: string }[];
}

export function panelsOf(req: Request, parts: ShowParts): Panels {
  const { t } = req;
  const { record, proposals, reading, posted } = parts;
  const open = openOf(proposals);
  const panels: ActPanel[] = [];
  const closed: Panels['closed'] = [];
  for (const act of recordActs) {
    const may = mayAct(act, { state: record.state, proposals, reading, reasons: parts.reasons });
    if (may === null) continue;
    const title = act === 'decide' ? t(`records:proposal.decide.${open?.act ?? 'publish'}`) : t(`records:act_.${act}.title`);
    if (!may.ok) {
      closed.push({ title, reason: t(`records:no.${may.reason}`, { name: open?.by.name ?? '' }) });
      continue;
    }
    const form = posted?.act === act ? posted.form : newForm();
    panels.push({
      act,
      title,
      open: posted?.act === act || act === 'decide' || (act === 'look' && record.state.waits === true),
      form: { action: `${listPath}/${record.id}/${act}`, commandId: randomUUID(), label: title, ...(act === 'decide' && open ? { hidden: { proposal: open.id } } : isProposal(act) && isTold(act) ? { hidden: { do: 'preview' } } : {}) },
      comparison: act === 'decide' && open && isTold(open.act) ? reasonBeside(open.reason, { names: parts.names, passages: record.state.passages ?? [] }, t) : null,
      proposed: act === 'decide' && open ? proposedFacts(req, open) : null,
      fields: panelFields(act, req, form, parts),
      confirm: {
        title,
        consequences: [t(act === 'decide' ? `records:proposal.consequence.${open?.act ?? 'publish'}` : `records:act_.${act}.consequence`)],
        mailTo: act === 'decide' && open ? [t(`records:proposal.decidedMailTo.${open.act === 'withdraw' ? 'withdraw' : 'other'}`)] : isProposal(act) ? [t('records:proposal.mailTo')] : [],
        undo: { possible: (act === 'decide' ? open?.act : act) !== 'withdraw' && (act === 'decide' ? open?.act : act) !== 'finalise' && act !== 'performed' && act !== 'use', text: t(act === 'decide' ? `records:proposal.undo.${open?.act ?? 'publish'}` : `records:act_.${act}.undo`) },
      },
      button: { label: t(act === 'decide' ? 'records:proposal.send' : `records:act_.${act}.send`), ...(act === 'withdraw' ? { danger: true } : {}) },
    });
  }
  return { panels, closed };
}

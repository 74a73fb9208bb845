import type { Request } from 'express';
import { instantOf, instantOrNull } from '../../platform/http/instants.ts';
import type { MaskedTexts } from '../../platform/records/masking.ts';
import type { RecordSubject } from '../../rules/records/facts.ts';
import { standingOf, type RecordState } from '../../rules/records/file.ts';
import { publicStateOf, repairableAfter, toldIn } from '../../rules/records/public-state.ts';
import { comingOf } from '../../rules/records/rows.ts';
import type { ListedRecord } from './list/queries.ts';
import type { Reading } from './parts.ts';
import { becauseInWords, comingInWords, termLines } from './words.ts';

/** A subject as programs read it: of a person the masked form, and no number. */
interface SubjectJson {
  id: string;
  kind: RecordSubject['kind'];
  name: string;
  code: string | null;
}

export interface RecordJson {
  id: string;
  kind: string;
  subject: SubjectJson;
  unit: string;
  documentNo: string;
  decidedOn: string;
  domain: string;
  class: string;
  /** Why it has its class, in the caller's language. */
  because: string;
  standing: string;
  /** Everybody sees it now. */
  public: boolean;
  /** Its subject has a code that another living firm has too. */
  frozen: boolean;
  until: string | null;
  repairableFrom: string | null;
  performed: boolean;
  version: number;
  storedAt: string;
  publishedAt: string | null;
  changedAt: string;
  /** What will happen to it by itself next. */
  coming: { what: string; on: string | null; text: string } | null;
}

/** Why a term ends on its day. */
interface TermJson {
  term: string;
  text: string;
  rule: string | null;
  basis: string | null;
  reason: string | null;
}

export interface WholeRecordJson extends RecordJson {
  publishedOn: string | null;
  penaltyKinds: string[];
  summaryProcedure: boolean;
  fine: number;
  confiscated: number;
  legalBasis: string;
  act: string;
  decision: string;
  /** The texts are what the public reads of them. */
  masked: boolean;
  publicity: { shown: boolean; lawOf: string; start: string; startsAt: string; minUntil: string | null; maxUntil: string | null; keptUncorrected: boolean; legalBasis: string; terms: TermJson[] };
  marks: string[];
  holds: string[];
  uses: { unit: string; measure: string; legalBasis: string; since: string }[];
  withdrawnBecause: string | null;
}

const subjectJson = ({ subject: own }: RecordState['facts'], subject: ListedRecord['subject']): SubjectJson =>
  ({ id: subject.id, kind: own.kind, name: subject.name, code: own.kind === 'organisation' ? own.uscc : null });

function comingJson(state: RecordState, frozen: boolean, { t }: Request, { today }: Reading): RecordJson['coming'] {
  const coming = frozen ? null : comingOf(state, today);
  return coming && { what: coming.what, on: 'on' in coming ? coming.on : null, text: comingInWords(coming, t) ?? '' };
}

/** A record as a list has it. */
export function recordJson(req: Request, { id, state, frozen, off, bannedUntil, subject }: ListedRecord, reading: Reading): RecordJson {
  const { facts, publicity } = state;
  const isShown = toldIn[publicStateOf(state, { frozen, off }, reading.today)] === 'record';
  return {
    id,
    kind: facts.kind,
    subject: subjectJson(facts, subject),
    unit: facts.unit,
    documentNo: facts.documentNo,
    decidedOn: facts.decidedOn,
    domain: facts.domain,
    class: publicity.class,
    because: becauseInWords(publicity, req.t),
    standing: standingOf(state),
    public: isShown,
    frozen,
    until: isShown ? state.until : null,
    repairableFrom: repairableAfter(publicity.repairableFrom, bannedUntil),
    performed: facts.performed,
    version: state.version,
    storedAt: instantOf(state.storedAt),
    publishedAt: instantOrNull(state.publishedAt),
    changedAt: instantOf(state.changedAt),
    coming: comingJson(state, frozen, req, reading),
  };
}

/** A record with all that its page says; `masked` for one who may read only what the public reads. */
export function wholeRecordJson(req: Request, record: ListedRecord, reading: Reading, masked: MaskedTexts | null): WholeRecordJson {
  const { state } = record;
  const { facts, publicity } = state;
  const { shown, lawOf, start, startsAt, minUntil, maxUntil, keptUncorrected, legalBasis } = publicity;
  return {
    ...recordJson(req, record, reading),
    ...(masked ? { documentNo: masked.documentNo } : {}),
    publishedOn: facts.publishedOn,
    penaltyKinds: [...facts.penaltyKinds],
    summaryProcedure: facts.summaryProcedure,
    fine: facts.fine,
    confiscated: facts.confiscated,
    legalBasis: masked?.legalBasis ?? facts.legalBasis,
    act: masked?.act ?? facts.act,
    decision: masked?.decision ?? facts.decision,
    masked: masked !== null,
    publicity: {
      shown, lawOf, start, startsAt, minUntil, maxUntil, keptUncorrected, legalBasis,
      terms: termLines({ ...publicity, until: state.status === 'published' ? state.until : null, bannedUntil: record.bannedUntil, withdrawn: state.status === 'withdrawn' }, facts.domain, { ...reading, t: req.t }).map(({ term, day, text, why }) => ({
        term, text: [day?.text, text].filter((one) => typeof one === 'string').join(req.t('common:list')), rule: why?.rule ?? null, basis: why?.basis ?? null, reason: why?.sentence ?? null,
      })),
    },
    marks: Object.keys(state.marks),
    holds: Object.keys(state.holds),
    uses: Object.entries(state.uses).map(([unit, use]) => ({ unit, measure: use.measure, legalBasis: use.legalBasis, since: instantOf(use.since) })),
    withdrawnBecause: state.status === 'withdrawn' ? state.reason : null,
  };
}

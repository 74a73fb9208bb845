import type { Request } from 'express';
import { basisInWords } from '../../platform/basis.ts';
import { createFormat } from '../../platform/http/format.ts';
import { createMoments } from '../../platform/http/moments.ts';
import type { Button, Facts, Heading, Notice, Page } from '../../platform/http/view-models.ts';
import { withMailbox } from '../../platform/units.ts';
import type { MaskedTexts } from '../../platform/records/masking.ts';
import { isCourts } from '../../rules/records/facts.ts';
import { recordMarks } from '../../rules/records/file.ts';
import { repairableTooLate } from '../../rules/records/public-state.ts';
import { paths } from './parts.ts';
import type { WholeRecord } from './queries.ts';
import { classReason, disputedBadge, unitOf, whatOf } from './words.ts';

type Reading = Pick<Request, 't' | 'locale'>;

export interface RecordView {
  page: Page;
  heading: Heading;
  notice: Notice | null;
  /** What was wrong with it, and is put right. */
  corrections: Facts | null;
  /** In this order: the fact and its basis, the term, the way out, where to complain. */
  fact: Facts;
  term: Facts;
  /** Without a button where the way out leads through a court. */
  repair: { text: string; button: Button | null };
  objection: { text: string; button: Button | null };
  remedy: Facts;
}

/** Why the record is still shown, and until when. */
function termFacts(record: WholeRecord, { today, keptBasis }: Pick<RecordParts, 'today' | 'keptBasis'>, { t, locale }: Reading): Facts['items'] {
  const moments = createMoments(t);
  const { publicity } = record.state;
  const day = (date: string) => ({ kind: 'when' as const, when: moments.day(date) });
  return [
    { term: t('public:fact.class'), value: t('public:fact.classWhy', { class: t(`public:className.${record.class}`), why: classReason(publicity, { t, locale }) }), wide: true },
    { term: t(`public:fact.startsAt.${publicity.startsAt}`), value: day(publicity.start) },
    ...(publicity.minUntil === null ? [] : [{ term: t('public:fact.minUntil'), value: day(publicity.minUntil) }]),
    { term: t('public:fact.until'), value: record.until === null ? t(keptBasis === null ? 'public:term.untilCured' : 'public:term.kept') : day(record.until) },
    {
      term: t('public:fact.repairableFrom'),
      value: record.repairableFrom === null ? t('public:term.noEarlyEnd') : repairableTooLate(record.repairableFrom, record.until) ? t('public:term.tooLate') : record.repairableFrom <= today ? t('public:term.nowSince', { day: moments.day(record.repairableFrom).text }) : day(record.repairableFrom),
    },
    { term: t('public:fact.termBasis'), value: keptBasis === null ? basisInWords(publicity.legalBasis, t) : t('public:fact.keptBasis', { basis: basisInWords(publicity.legalBasis, t), rule: basisInWords(keptBasis, t) }), wide: true },
  ];
}

function repairText(record: WholeRecord, today: string, { t, locale }: Reading): string {
  if (isCourts(record.state.facts)) return t('public:repair.court', { unit: unitOf(record, locale) });
  if (record.repairableFrom === null) return t('public:repair.notEarly');
  if (repairableTooLate(record.repairableFrom, record.until)) return t('public:repair.tooLate');
  if (record.repairableFrom <= today) return t('public:repair.now');
  return t('public:repair.later', { day: createMoments(t).day(record.repairableFrom).text });
}

export interface RecordParts {
  today: string;
  /** The credit office, and the mailbox of the unit that decided: where one complains. */
  office: string;
  mailbox: string | null;
  /** Why it is shown beyond its longest term; null where it is not. */
  keptBasis: string | null;
  corrections: Facts | null;
}

/** One record, as everybody may read it. */
export function presentRecord(req: Reading, record: WholeRecord, texts: MaskedTexts, { today, office, mailbox, keptBasis, corrections }: RecordParts): RecordView {
  const { t, locale } = req;
  const moments = createMoments(t);
  const format = createFormat(locale);
  const { facts, marks } = record.state;
  const { subject } = record;
  const unit = unitOf(record, locale);
  const courts = isCourts(facts);
  const never = record.repairableFrom === null || repairableTooLate(record.repairableFrom, record.until);
  const disputes = recordMarks.filter((mark) => marks[mark] !== undefined);
  const isMasked = [record.subject.name, texts.documentNo, texts.act, texts.decision, texts.legalBasis].some((text) => text.includes('*'));
  return {
    page: {
      title: `${subject.name} ${texts.documentNo}`,
      crumbs: [
        { label: t('public:list.title'), href: paths.records },
        ...(subject.kind === 'organisation' ? [{ label: subject.name, href: `${paths.subjects}/${subject.id}` }] : []),
        { label: texts.documentNo },
      ],
      printNumber: texts.documentNo,
    },
    heading: { title: subject.name, number: subject.uscc ?? texts.documentNo, badges: record.disputed ? [disputedBadge(t)] : [] },
    notice: disputes.length === 0 ? null : { tone: 'soon', title: t('public:record.disputed'), text: disputes.map((mark) => t(`public:mark.${mark}`)).join(' ') },
    corrections,
    fact: {
      items: [
        { term: t('public:fact.what'), value: whatOf(facts, t) },
        { term: t('public:fact.documentNo'), value: texts.documentNo },
        { term: t('public:fact.unit'), value: unit },
        { term: t('public:fact.decidedOn'), value: { kind: 'when', when: moments.day(record.decidedOn) } },
        ...(facts.act === '' ? [] : [{ term: t('public:fact.act'), value: texts.act, wide: true }]),
        ...(facts.decision === '' ? [] : [{ term: t('public:fact.decision'), value: texts.decision, wide: true }]),
        ...(facts.fine > 0 ? [{ term: t('public:fact.fine'), value: format.money(facts.fine) }] : []),
        ...(facts.confiscated > 0 ? [{ term: t('public:fact.confiscated'), value: format.money(facts.confiscated) }] : []),
        { term: t('public:fact.basis'), value: texts.legalBasis, wide: true },
      ],
    },
    term: { items: termFacts(record, { today, keptBasis }, req) },
    repair: { text: repairText(record, today, req), button: courts || never ? null : { label: t('public:repair.button'), href: `${paths.portal}/records/${record.id}/repair` } },
    objection: { text: courts ? t('public:objection.court', { unit }) : t('public:objection.text'), button: courts ? null : { label: t('public:objection.button'), href: `${paths.portal}/records/${record.id}/objection` } },
    remedy: {
      items: [
        { term: t('public:remedy.against'), value: t(courts ? 'public:remedy.againstCourt' : 'public:remedy.againstText', { unit }), wide: true },
        { term: t('public:remedy.complain'), value: t('public:remedy.complainText', { office, unit: withMailbox(t, unit, mailbox) }), wide: true },
        ...(isMasked ? [{ term: t('public:remedy.masked'), value: t('public:remedy.maskedText'), wide: true }] : []),
      ],
    },
  };
}

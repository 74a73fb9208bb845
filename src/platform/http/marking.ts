import { createHash } from 'node:crypto';
import { z } from 'zod';
import { doubtsAmong, publicText, type KnownOfText, type Passage, type PersonalKind } from '../../rules/masking/index.ts';
import type { Translate } from '../i18n.ts';
import { fault, type Fault } from './fields.ts';
import { filled, valueOf, valuesOf, type Form } from './forms.ts';
import { markedSpans, paragraphsOf, type MaskedSide } from './masked-text.ts';
import type { Field, Span, TextComparison } from './view-models.ts';

/** Of all passages that are marked at once by their text. */
export const longestMore = 2000;

const kindIn = (t: Translate) => (kind: PersonalKind, doubtful = false): string =>
  (doubtful ? t('stages:personal.doubt', { kind: t(`stages:personal.${kind}`) }) : t(`stages:personal.${kind}`));

/**
 * Texts as they were written beside what the public reads of them, with every masked place marked on both sides, and what waits
 * for a person's look on the left. That something is masked is said where it is.
 * @param known names that are persons', and what persons decided on passages.
 * @param ifMasked texts that stand there only where something in them is masked or waits.
 */
export function textsBeside(always: readonly string[], known: KnownOfText, t: Translate, ifMasked: readonly string[] = []): TextComparison {
  const nameOf = kindIn(t);
  const spansOf = (text: string) => ({ text, ...publicText(text, known) });
  const found = [...always.map(spansOf), ...ifMasked.map(spansOf).filter(({ spans, doubts }) => spans.length + doubts.length > 0)];
  const side = (of: MaskedSide): Span[][] => found.flatMap(({ text, spans, doubts }) => paragraphsOf(markedSpans(text, spans, of, nameOf, doubts)));
  const kinds = new Map<PersonalKind, number>();
  for (const { kind } of found.flatMap(({ spans }) => spans)) kinds.set(kind, (kinds.get(kind) ?? 0) + 1);
  const count = [...kinds.values()].reduce((sum, n) => sum + n, 0);
  const waiting = found.reduce((sum, { doubts }) => sum + doubts.length, 0);
  const list = [...kinds].map(([kind, n]) => t('stages:personal.count', { kind: nameOf(kind), count: n })).join(t('common:list'));
  return {
    left: { label: t('stages:personal.before'), paragraphs: side('original') },
    right: { label: t('stages:personal.after'), paragraphs: side('masked') },
    summary: [
      ...(count === 0 && waiting > 0 ? [] : [count === 0 ? t('stages:personal.none') : t('stages:personal.summary', { count, list })]),
      ...(waiting === 0 ? [] : [t('stages:personal.doubts', { count: waiting })]),
    ].join(' '),
  };
}

const list = z.preprocess((value) => (value === undefined ? [] : [value].flat()), z.array(z.string()));

/** The fields in which passages are marked: those that were offered and are ticked, and others by their text, one a line. */
export const markShape = { doubts: list, more: z.preprocess((value) => (typeof value === 'string' ? value : ''), z.string().max(longestMore)) };

export interface Marks {
  readonly doubts: readonly string[];
  readonly more: string;
}

const linesOf = (more: string): string[] => [...new Set(more.split(/\r?\n/u).map((line) => line.trim()).filter((line) => line !== ''))];

/** What a person decided: each passage that was offered, masked where it is ticked and else kept, and others by their text. */
export function passagesOf({ doubts, more }: Marks, { texts, offered }: { texts: readonly string[]; offered: readonly string[] }, refuse: (why: Fault) => void): Passage[] {
  const lines = linesOf(more);
  for (const line of lines) {
    if ([...line].length < 2) refuse(fault('stages:mark.tooShort', { text: line }));
    else if (!texts.some((text) => text.includes(line))) refuse(fault('stages:mark.notInText', { text: line }));
  }
  return [
    ...offered.filter((one) => !lines.includes(one)).map((text) => ({ text, as: doubts.includes(text) ? ('masked' as const) : ('kept' as const) })),
    ...lines.map((text) => ({ text, as: 'masked' as const })),
  ];
}

/** The fields of `markShape`. @param offered passages to be ticked; `ticked` of them are at first. */
export function markFields(form: Form, { offered, ticked }: { offered: readonly string[]; ticked: readonly string[] }, t: Translate): Field[] {
  return [
    ...(offered.length === 0 ? [] : [{
      kind: 'checkboxes' as const, label: t('stages:mark.doubts'), hint: t('stages:mark.doubtsHint'), required: false,
      options: offered.map((value) => ({ value, label: value })), ...filled(form, 'doubts'), values: [...ticked], name: 'doubts',
    }]),
    { kind: 'textarea', rows: 3, limit: longestMore, label: t('stages:mark.more'), hint: t('stages:mark.moreHint'), required: false, ...filled(form, 'more') },
  ];
}

const OFFERED = 'offered';

/** A form whose texts may still be changed says which passages it offered, as others may have come since. */
const offeredShape = z.preprocess((value) => {
  try {
    return JSON.parse(typeof value === 'string' ? value : '[]') as unknown;
  } catch {
    return [];
  }
}, z.array(z.string()).catch([]));

const offeredIn = (form: Form): string[] => offeredShape.parse(valueOf(form, OFFERED));

/** The shape of a form that has texts and marks on them. */
export const openMarkShape = { ...markShape, [OFFERED]: offeredShape };

/**
 * What a person decided on texts that he may have changed since passages of them were offered to him.
 * @param refuse the field and why: a passage that he has not seen yet is masked by nobody and kept by nobody.
 */
export function decidedOn(marks: Marks & { readonly offered: readonly string[] }, { texts, names }: { texts: readonly string[]; names: readonly string[] }, refuse: (field: string, why: Fault) => void): Passage[] {
  const there = marks.offered.filter((one) => texts.some((text) => text.includes(one)));
  const passages = passagesOf(marks, { texts, offered: [...new Set([...there, ...marks.doubts.filter((one) => texts.some((text) => text.includes(one)))])] }, (why) => refuse('more', why));
  const unseen = doubtsAmong(texts, { names, passages });
  if (unseen.length > 0) refuse('doubts', fault('stages:mark.unseen', { count: unseen.length }));
  return passages;
}

export interface OpenMarks {
  readonly fields: readonly Field[];
  /** What the form has to carry with it. */
  readonly hidden: Readonly<Record<string, string>>;
  /** The passages as they stand in the form, for the comparison. */
  readonly passages: readonly Passage[];
}

/**
 * The fields with which passages of texts are marked that may be changed in the same form.
 * @param typed whether somebody has seen the form before; until then `decided` says what was marked earlier.
 */
export function openMarks(form: Form, { texts, names, decided, typed }: { texts: readonly string[]; names: readonly string[]; decided: readonly Passage[]; typed: boolean }, t: Translate): OpenMarks {
  const before = decided.filter(({ text: passage }) => texts.some((text) => text.includes(passage)));
  const seen = typed ? offeredIn(form) : before.map(({ text }) => text);
  const chosen = typed ? valuesOf(form, 'doubts') : before.flatMap(({ text, as }) => (as === 'masked' ? [text] : []));
  const there = seen.filter((one) => texts.some((text) => text.includes(one)));
  const marked: Passage[] = there.map((text) => ({ text, as: chosen.includes(text) ? 'masked' : 'kept' }));
  const lines = typed ? linesOf(valueOf(form, 'more')).filter((line) => texts.some((text) => text.includes(line))) : [];
  const passages = [...marked.filter(({ text }) => !lines.includes(text)), ...lines.map((text) => ({ text, as: 'masked' as const }))];
  // Whoever only goes on masks what is doubtful: nothing is shown by oversight.
  const unseen = doubtsAmong(texts, { names, passages }).map(({ original }) => original);
  const offered = [...new Set([...there, ...unseen])];
  return {
    fields: markFields(form, { offered, ticked: [...chosen.filter((one) => there.includes(one)), ...unseen] }, t),
    hidden: { [OFFERED]: JSON.stringify(offered) },
    passages,
  };
}

/** A sum by which a form knows whether texts are still those of which somebody was shown what the public will read. */
export const sumOfTexts = (texts: readonly string[]): string => createHash('sha256').update(JSON.stringify(texts)).digest('hex');

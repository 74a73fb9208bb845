import { findAddresses } from './addresses.ts';
import { MASKED_ADDRESS, maskAccount, maskBankCard, maskEmail, maskLandline, maskMobile, maskName, maskPaper, maskPassage, maskPlate, maskResidentId } from './forms.ts';
import { findNames } from './names.ts';
import { findDoubtfulNumbers, findNumbers } from './numbers.ts';
import { findDoubtfulPapers, findPapers } from './papers.ts';
import { shadowOf, type Find, type PersonalKind, type PersonalSpan } from './shadow.ts';

const forms: Readonly<Record<PersonalKind, (original: string) => string>> = {
  residentId: maskResidentId,
  mobile: maskMobile,
  landline: maskLandline,
  bankCard: maskBankCard,
  email: maskEmail,
  address: () => MASKED_ADDRESS,
  name: maskName,
  minor: maskName,
  plate: maskPlate,
  messenger: maskAccount,
  travelPaper: maskPaper,
  byHand: maskPassage,
};

/** What is found in a text: what is masked, and what a person has to look at. */
function search(text: string): { spans: PersonalSpan[]; doubtful: Find[] } {
  const shadow = shadowOf(text);
  const names = findNames(shadow);
  // Numbers are the surest and go first; a find that touches an earlier one gives way.
  const finds = [...findPapers(shadow), ...findNumbers(shadow), ...findAddresses(shadow), ...names.sure];
  const kept: Find[] = [];
  const covered = new Uint8Array(text.length);
  const take = (find: Find, into: Find[]): void => {
    if (find.end <= find.start || covered.subarray(find.start, find.end).includes(1)) return;
    covered.fill(1, find.start, find.end);
    into.push(find);
  };
  for (const find of finds) take(find, kept);
  const spans = kept
    .toSorted((a, b) => a.start - b.start)
    .map(({ start, end, kind }) => {
      const original = text.slice(start, end);
      return { start, end, kind, original, replacement: forms[kind](original) };
    })
    .filter(({ original, replacement }) => original !== replacement);
  const doubtful: Find[] = [];
  for (const find of [...findDoubtfulPapers(shadow), ...findDoubtfulNumbers(shadow), ...names.doubtful]) take(find, doubtful);
  return { spans, doubtful };
}

/**
 * Personal data of natural persons in free text, in the order of the text, without overlap: ID numbers, telephones,
 * cards, mail addresses, homes, plates, passports, accounts of messengers, names beside a word that gives them away, minors.
 * Unified credit codes and document numbers are left alone. What it can't tell, `publicText` names as doubtful.
 */
export const findPersonalData = (text: string): PersonalSpan[] => search(text).spans;

export interface Masked {
  readonly masked: string;
  /** Positions in the text as it was given. */
  readonly spans: readonly PersonalSpan[];
}

/** A passage of a text on which a person decided. It holds wherever the passage stands. */
export interface Passage {
  readonly text: string;
  readonly as: 'masked' | 'kept';
}

/** Places of known names and marked passages, the longer before the shorter, without overlap, in the order of the text. */
function findKnown(text: string, names: readonly string[], passages: readonly Passage[]): PersonalSpan[] {
  const finds: PersonalSpan[] = [];
  const covered = new Uint8Array(text.length);
  const known = new Map<string, PersonalKind>(names.map((name) => [name, 'name']));
  for (const passage of passages) if (passage.as === 'masked' && !known.has(passage.text)) known.set(passage.text, 'byHand');
  for (const [name, kind] of [...known].toSorted(([a], [b]) => b.length - a.length)) {
    const replacement = forms[kind](name);
    if (replacement === name || name === '') continue;
    for (let start = text.indexOf(name); start >= 0; start = text.indexOf(name, start + name.length)) {
      const end = start + name.length;
      if (covered.subarray(start, end).includes(1)) continue;
      covered.fill(1, start, end);
      finds.push({ start, end, kind, original: name, replacement });
    }
  }
  return finds.toSorted((a, b) => a.start - b.start);
}

/** A passage that may be a person's, and of which no rule can tell. Positions in the text as it was given. */
export type Doubt = Omit<PersonalSpan, 'replacement'>;

export interface PublicText extends Masked {
  /** What a person has to look at before the text is published: empty when nothing is left to decide. */
  readonly doubts: readonly Doubt[];
}

export interface KnownOfText {
  /** Known to be persons', and masked wherever they stand. */
  readonly names?: readonly string[];
  /** What persons decided on passages of it. */
  readonly passages?: readonly Passage[];
}

/**
 * What may be said in public of a text, what in it is masked where, and what waits for a person's look. Total for any
 * text, and final: nothing is found in the masked text any more. What becomes visible only beside a mask is looked for
 * again and joined to its neighbour.
 */
export function publicText(text: string, { names = [], passages = [] }: KnownOfText = {}): PublicText {
  let spans = findKnown(text, names, passages);
  let masked = apply(text, spans);
  for (;;) {
    const more = search(masked);
    if (more.spans.length === 0) return { masked, spans, doubts: doubtsIn(text, spans, more.doubtful, passages) };
    spans = merge(text, spans, more.spans);
    masked = apply(text, spans);
  }
}

/** Passages of several texts of which no rule can tell whether they are a person's, each once. */
export const doubtsAmong = (texts: readonly string[], known: KnownOfText = {}): Doubt[] =>
  [...new Map(texts.flatMap((text) => publicText(text, known).doubts).map((doubt) => [doubt.original, doubt])).values()];

/** The same without what waits: for readers who may be shown it masked as far as it is. */
export const maskText = (text: string, names: readonly string[] = [], passages: readonly Passage[] = []): Masked => {
  const { masked, spans } = publicText(text, { names, passages });
  return { masked, spans };
};

/** Finds in the masked text as places of the text, but for those that a person decided to keep. */
function doubtsIn(text: string, spans: readonly PersonalSpan[], finds: readonly Find[], passages: readonly Passage[]): Doubt[] {
  const kept = new Set(passages.flatMap((passage) => (passage.as === 'kept' ? [passage.text] : [])));
  const doubts: Doubt[] = [];
  let n = 0;
  let shift = 0;
  for (const find of finds.toSorted((a, b) => a.start - b.start)) {
    for (let span = spans[n]; span && span.start + shift < find.start; span = spans[n += 1]) shift += span.replacement.length - (span.end - span.start);
    const start = find.start - shift;
    const original = text.slice(start, find.end - shift);
    const next = spans[n];
    if ((next && next.start < find.end - shift) || kept.has(original)) continue;
    doubts.push({ start, end: find.end - shift, kind: find.kind, original });
  }
  return doubts;
}

function apply(text: string, spans: readonly PersonalSpan[]): string {
  let result = '';
  let at = 0;
  for (const { start, end, replacement } of spans) {
    result += text.slice(at, start) + replacement;
    at = end;
  }
  return result + text.slice(at);
}

/**
 * Spans of the text, after `more` were found in the text that `spans` had made of it. A find that touches a
 * replacement takes it in: its original reaches over both, its replacement is the find's with the rest around it.
 */
function merge(text: string, spans: readonly PersonalSpan[], more: readonly PersonalSpan[]): PersonalSpan[] {
  const placed: { span: PersonalSpan; from: number; to: number }[] = [];
  let shift = 0;
  for (const span of spans) {
    const from = span.start + shift;
    placed.push({ span, from, to: from + span.replacement.length });
    shift += span.replacement.length - (span.end - span.start);
  }
  const masked = apply(text, spans);
  /** Position in the text of a position in the masked text that lies in no replacement. */
  const back = (position: number): number =>
    placed.reduce((at, { span, to }) => (to <= position ? at - span.replacement.length + (span.end - span.start) : at), position);

  const result: PersonalSpan[] = [];
  const swallowed = new Set<PersonalSpan>();
  for (const find of more) {
    const touched = placed.filter(({ from, to }) => from < find.end && to > find.start);
    for (const { span } of touched) swallowed.add(span);
    const first = touched[0];
    const last = touched.at(-1);
    const from = Math.min(find.start, first?.from ?? find.start);
    const to = Math.max(find.end, last?.to ?? find.end);
    const start = first && first.from <= find.start ? first.span.start : back(find.start);
    const end = last && last.to >= find.end ? last.span.end : back(find.end);
    const replacement = masked.slice(from, find.start) + find.replacement + masked.slice(find.end, to);
    result.push({ start, end, kind: find.kind, original: text.slice(start, end), replacement });
  }
  return [...result, ...spans.filter((span) => !swallowed.has(span))].toSorted((a, b) => a.start - b.start);
}

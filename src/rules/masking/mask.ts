import { findAddresses } from './addresses.ts';
import { MASKED_ADDRESS, maskBankCard, maskEmail, maskLandline, maskMobile, maskName, maskResidentId } from './forms.ts';
import { findNames } from './names.ts';
import { findNumbers } from './numbers.ts';
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
};

/**
 * Personal data of natural persons in free text, in the order of the text, without overlap: ID numbers, telephones,
 * cards, mail addresses, homes, names beside a word that gives them away, minors. Unified credit codes and document
 * numbers are left alone. It proposes; a person reads text and masked text side by side before release.
 */
export function findPersonalData(text: string): PersonalSpan[] {
  const shadow = shadowOf(text);
  // Numbers are the surest and go first; a find that touches an earlier one gives way.
  const finds = [...findNumbers(shadow), ...findAddresses(shadow), ...findNames(shadow)];
  const kept: Find[] = [];
  const covered = new Uint8Array(text.length);
  for (const find of finds) {
    if (find.end <= find.start || covered.subarray(find.start, find.end).includes(1)) continue;
    covered.fill(1, find.start, find.end);
    kept.push(find);
  }
  return kept
    .toSorted((a, b) => a.start - b.start)
    .map(({ start, end, kind }) => {
      const original = text.slice(start, end);
      return { start, end, kind, original, replacement: forms[kind](original) };
    })
    .filter(({ original, replacement }) => original !== replacement);
}

export interface Masked {
  readonly masked: string;
  /** Positions in the text as it was given. */
  readonly spans: readonly PersonalSpan[];
}

/** Places of known names, the longer before the shorter, without overlap, in the order of the text. */
function findKnown(text: string, names: readonly string[]): PersonalSpan[] {
  const finds: PersonalSpan[] = [];
  const covered = new Uint8Array(text.length);
  for (const name of [...new Set(names)].toSorted((a, b) => b.length - a.length)) {
    const replacement = maskName(name);
    if (replacement === name || name === '') continue;
    for (let start = text.indexOf(name); start >= 0; start = text.indexOf(name, start + name.length)) {
      const end = start + name.length;
      if (covered.subarray(start, end).includes(1)) continue;
      covered.fill(1, start, end);
      finds.push({ start, end, kind: 'name', original: name, replacement });
    }
  }
  return finds.toSorted((a, b) => a.start - b.start);
}

/**
 * The text with personal data masked, and what was masked where. Total for any text, and final: nothing is found
 * in the masked text any more. What becomes visible only beside a mask is looked for again and joined to its neighbour.
 * `names` are known to be persons' and are masked wherever they stand.
 */
export function maskText(text: string, names: readonly string[] = []): Masked {
  let spans = findKnown(text, names);
  let masked = apply(text, spans);
  for (;;) {
    const more = findPersonalData(masked);
    if (more.length === 0) return { masked, spans };
    spans = merge(text, spans, more);
    masked = apply(text, spans);
  }
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

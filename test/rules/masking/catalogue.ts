import { readFileSync } from 'node:fs';
import { publicText } from '../../../src/rules/masking/index.ts';

interface Place {
  readonly start: number;
  readonly end: number;
}

export interface Sentence {
  readonly text: string;
  /** What must be masked in it. */
  readonly personal: readonly Place[];
}

/** Reads sentences in which what must be masked stands in ⟦ ⟧. */
export function readCatalogue(name: 'catalogue' | 'held-out'): Sentence[] {
  const lines = readFileSync(new URL(`../../fixtures/masking/${name}.txt`, import.meta.url), 'utf8').split('\n');
  return lines.filter((line) => line !== '' && !line.startsWith('#')).map((line) => {
    const personal: Place[] = [];
    let text = '';
    for (const [n, part] of line.split(/[⟦⟧]/u).entries()) {
      if (n % 2 === 1) personal.push({ start: text.length, end: text.length + part.length });
      text += part;
    }
    return { text, personal };
  });
}

export interface Measured {
  /** Of what must be masked, how much is: wholly under a mask, or waiting for a person's look. */
  readonly recall: number;
  /** Of what is masked or waits, how much has to be. */
  readonly precision: number;
  readonly missed: string[];
  readonly wrong: string[];
}

export function measure(sentences: readonly Sentence[]): Measured {
  const missed: string[] = [];
  const wrong: string[] = [];
  let personal = 0;
  let found = 0;
  for (const { text, personal: places } of sentences) {
    const { spans, doubts } = publicText(text);
    const covers = [...spans, ...doubts];
    const isCovered = (at: number): boolean => covers.some(({ start, end }) => start <= at && at < end);
    for (const { start, end } of places) {
      personal += 1;
      const left = Array.from({ length: end - start }, (_, n) => start + n).filter((at) => /[\p{L}\p{N}]/u.test(text.charAt(at)) && !isCovered(at));
      if (left.length > 0) missed.push(`${text.slice(start, end)} in ${text}`);
    }
    for (const { start, end } of covers) {
      found += 1;
      if (!places.some((place) => place.start < end && place.end > start)) wrong.push(`${text.slice(start, end)} in ${text}`);
    }
  }
  return { recall: 1 - missed.length / personal, precision: 1 - wrong.length / found, missed, wrong };
}

import { folded } from '../text/alike.ts';

const ideographs = String.raw`\p{Script=Han}\p{Script=Hiragana}\p{Script=Katakana}\p{Script=Hangul}`;
/** Runs of Han, kana and hangul are written without spaces; everything else is split into words. */
const runs = new RegExp(String.raw`[${ideographs}]+|(?:(?![${ideographs}])[\p{L}\p{N}])+`, 'gu');
const ideographic = new RegExp(`^[${ideographs}]`, 'u');

/**
 * Index terms of a text: every character and every pair of neighbours of Chinese runs, every word of the rest.
 * With these a name of one, two, three or more characters is found through one GIN index, without a dictionary.
 */
export function indexTerms(...texts: readonly string[]): string[] {
  const terms = new Set<string>();
  for (const text of texts) {
    for (const [run] of folded(text).matchAll(runs)) {
      if (!ideographic.test(run)) {
        terms.add(run.slice(0, 64));
        continue;
      }
      const characters = [...run];
      characters.forEach((character, n) => {
        terms.add(character);
        const next = characters[n + 1];
        if (next !== undefined) terms.add(character + next);
      });
    }
  }
  return [...terms];
}

/**
 * Terms that a text must all have to match what was typed: the pairs of each Chinese run, or its one character,
 * and the words. Empty when nothing searchable was typed.
 */
export function queryTerms(typed: string): string[] {
  const terms = new Set<string>();
  for (const [run] of folded(typed).matchAll(runs)) {
    const characters = [...run];
    if (!ideographic.test(run)) terms.add(run.slice(0, 64));
    else if (characters.length === 1) terms.add(run);
    else for (let n = 0; n + 1 < characters.length; n += 1) terms.add(characters[n]! + characters[n + 1]!);
  }
  return [...terms];
}

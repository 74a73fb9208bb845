import { orgCheckCharacter, usccCheckCharacter } from '../rules/codes/index.ts';

/** A repeatable sequence of numbers from 0 to 1 (mulberry32), so that every demo city is the same city. */
export function sequence(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296;
  };
}

const characters = '0123456789ABCDEFGHJKLMNPQRTUWXY';

/** A unified code of a firm registered in Suqian that passes both checks and belongs to nobody on purpose. */
export function madeUpUscc(random: () => number): string {
  const digit = (): string => characters[Math.floor(random() * 10)]!;
  const body = `MA${digit()}${characters[10 + Math.floor(random() * 20)]!}${digit()}${digit()}${digit()}${digit()}`;
  const code = `91321300${body}${orgCheckCharacter(body)}`;
  return code + usccCheckCharacter(code);
}

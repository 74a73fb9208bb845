const HALVES = /\p{Cs}/gu;
const UNSOUND = /[\p{Cs}\0]/u;

/**
 * The value with texts that can be stored and shown: U+FFFD stands for halves of a pair, and NUL is gone. What is sound
 * is given back as it is.
 *
 * Such texts came in before the doors looked for them. PostgreSQL keeps them in `json` as escapes, and refuses every
 * query that reads the value they stand in. The events that have them stay as they were recorded, since the chain covers
 * them: files are folded from mended ones.
 */
export function mended<T>(value: T): T;
export function mended(value: unknown): unknown {
  if (typeof value === 'string') return UNSOUND.test(value) ? value.replaceAll(HALVES, '\uFFFD').replaceAll('\0', '') : value;
  if (typeof value !== 'object' || value === null) return value;
  if (Array.isArray(value)) {
    const given: readonly unknown[] = value;
    const list = given.map((one) => mended(one));
    return list.some((one, n) => one !== given[n]) ? list : given;
  }
  const entries = Object.entries(value).map(([name, own]) => [name, mended(own)] as const);
  const before = value as Record<string, unknown>;
  return entries.some(([name, own]) => own !== before[name]) ? Object.fromEntries(entries) : value;
}

const OFFSET_MS = 8 * 3_600_000;

/** An instant with the offset of Asia/Shanghai, as people there would write it: for what programs read. */
export function instantOf(at: Date | string): string {
  const ms = typeof at === 'string' ? Date.parse(at) : at.getTime();
  return `${new Date(ms + OFFSET_MS).toISOString().slice(0, 19)}+08:00`;
}

export const instantOrNull = (at: Date | string | null | undefined): string | null => (at ? instantOf(at) : null);

/** The day in Asia/Shanghai, YYYY-MM-DD, of an instant; a day is itself. */
export const cityDay = (at: Date | string): string => (typeof at === 'string' && at.length === 10 ? at : instantOf(at).slice(0, 10));

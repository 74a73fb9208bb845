import { setTimeout as delay } from 'node:timers/promises';

/** Looks until there is something, and gives it. A look that fails counts as nothing there. */
export async function eventually<T>(what: string, look: () => Promise<T | null | undefined | false>, timeoutMs = 60_000, everyMs = 50): Promise<T> {
  const end = Date.now() + timeoutMs;
  for (;;) {
    let last: unknown;
    try {
      const found = await look();
      if (found !== null && found !== undefined && found !== false) return found;
    } catch (error) {
      last = error;
    }
    if (Date.now() > end) throw new Error(`not within ${timeoutMs} ms: ${what}`, { cause: last });
    await delay(everyMs);
  }
}

import { once } from 'node:events';
import type { Response } from 'express';

/** Waits while whoever reads is slower than what is written, so that memory stays small; or until he is gone. */
export async function drained(res: Response): Promise<void> {
  if (!res.writableNeedDrain || res.destroyed) return;
  const settled = new AbortController();
  const { signal } = settled;
  try {
    await Promise.race([once(res, 'drain', { signal }), once(res, 'close', { signal })]);
  } finally {
    // The one that did not come would listen for ever.
    settled.abort();
  }
}

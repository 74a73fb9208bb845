/**
 * Does something now and then again and again, `everyMs` milliseconds apart and never twice at once, until the returned
 * function is called, which waits for what is under way. A failure is told and it is tried again the next time.
 */
export function repeat(everyMs: number, work: () => Promise<void>, onFailure: (error: unknown) => void): () => Promise<void> {
  let running: Promise<void> | null = null;
  const once = (): void => {
    running ??= work().catch(onFailure).finally(() => { running = null; });
  };
  once();
  const timer = setInterval(once, everyMs);
  return async () => {
    clearInterval(timer);
    await running;
  };
}

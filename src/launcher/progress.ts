const EVERY_MS = 5000;

/** Tells a waiting person what is being done. */
export interface Progress {
  /** A line of its own. */
  say(line: string): void;
  /**
   * Does a step. When it takes longer than five seconds, says every five seconds how long it has been.
   * @param detail what it is at just now, asked for each of these lines.
   */
  step<T>(what: string, work: () => Promise<T>, detail?: () => string | undefined): Promise<T>;
}

const seconds = (ms: number) => `${Math.round(ms / 1000)} s`;

/** Plain lines, so that they read the same in a terminal and in a log. */
export function createProgress(write: (line: string) => void): Progress {
  return {
    say: write,
    async step(what, work, detail) {
      const started = Date.now();
      write(`${what} …`);
      const timer = setInterval(() => {
        const now = detail?.();
        write(`${what} … ${seconds(Date.now() - started)}${now === undefined ? '' : `, ${now}`}`);
      }, EVERY_MS);
      try {
        return await work();
      } finally {
        clearInterval(timer);
        if (Date.now() - started > EVERY_MS) write(`${what}: took ${seconds(Date.now() - started)}`);
      }
    },
  };
}

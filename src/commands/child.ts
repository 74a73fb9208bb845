import { spawn } from 'node:child_process';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { applicationOnly } from '../launcher/own-process.ts';
import type { Progress } from '../launcher/progress.ts';

const MAIN = fileURLToPath(new URL('../main.ts', import.meta.url));

/**
 * Runs one of our commands to its end and passes on what it says.
 * @throws when it ends with another status than 0.
 */
export async function runToEnd(args: readonly string[], env: NodeJS.ProcessEnv, progress: Progress, signal: AbortSignal): Promise<void> {
  const child = spawn(process.execPath, ['--import', 'tsx', MAIN, ...args], { env: applicationOnly(env), detached: true, stdio: ['ignore', 'pipe', 'pipe'] });
  const stop = () => child.kill('SIGTERM');
  signal.addEventListener('abort', stop, { once: true });
  for (const stream of [child.stdout, child.stderr]) {
    createInterface({ input: stream }).on('line', (line) => progress.say(`  ${line}`));
  }
  try {
    await new Promise<void>((resolve, reject) => {
      child.once('error', reject);
      child.once('exit', (code, by) => {
        if (code === 0) resolve();
        else reject(new Error(`\`xinzhi ${args.join(' ')}\` ended with ${by ?? `status ${code}`}.`));
      });
    });
  } finally {
    signal.removeEventListener('abort', stop);
  }
}

import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { lastLines } from '../../src/launcher/log-file.ts';
import { whenEnded } from '../../src/launcher/service.ts';
import { spawnTemporal } from '../../src/launcher/temporal-server.ts';
import { ensureNamespace } from '../../src/platform/temporal/namespace.ts';
import { freePort } from './own-processes.ts';
import { testStack } from './stack.ts';

/** A Temporal server of one test, whose data can be lost. */
export interface OwnTemporal {
  readonly address: string;
  readonly namespace: string;
  /** Kills the server, removes its data, and starts it again with none, at the same address. */
  loseEverything(): Promise<void>;
  close(): Promise<void>;
}

export async function startOwnTemporal(): Promise<OwnTemporal> {
  const folder = mkdtempSync(join(tmpdir(), 'xinzhi-own-temporal-'));
  const port = await freePort('temporal');
  const address = `127.0.0.1:${port}`;
  const namespace = 'xinzhi';
  const data = join(folder, 'data');
  const logFile = join(folder, 'temporal.log');

  async function start() {
    const child = spawnTemporal({ executable: testStack().temporalExecutable, port, uiPort: undefined, databaseFile: join(data, 'temporal.db'), namespace, logFile });
    const gone = new AbortController();
    void whenEnded(child).then(() => gone.abort(new Error(`Temporal ended: ${lastLines(logFile)}`)));
    await ensureNamespace(address, namespace, { own: true, timeoutMs: 60_000, signal: gone.signal });
    return child;
  }

  let server = await start();
  async function kill(): Promise<void> {
    const ended = whenEnded(server);
    server.kill('SIGKILL');
    await ended;
  }
  return {
    address,
    namespace,
    async loseEverything() {
      await kill();
      rmSync(data, { recursive: true });
      server = await start();
    },
    async close() {
      await kill();
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

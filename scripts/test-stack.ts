import { randomBytes } from 'node:crypto';
import { chmodSync, lstatSync, mkdirSync, mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { openDataFolder } from '../src/launcher/data-folder.ts';
import { writeFileAtomically } from '../src/launcher/files.ts';
import { createPorts } from '../src/launcher/ports.ts';
import { isRunning, readRecord, recordOf, writeRecord } from '../src/launcher/processes.ts';
import type { Progress } from '../src/launcher/progress.ts';
import { startServers } from '../src/launcher/servers.ts';
import { endLeftOver, stopInOrder, type Service } from '../src/launcher/service.ts';
import { testWorkflowBundle, type TestStack } from '../test/support/stack.ts';

const newPassword = (): string => randomBytes(18).toString('base64url');

const PREFIX = 'xinzhi-test-';
const NAMESPACE = 'xinzhi-test';
const RUNNER = 'runner.json';

/** Ports of the tests lie apart from those of `npm start`, so that both can run at once. */
const preferredPorts = { postgres: 15_432, temporal: 17_233, smtp: 12_525, inbox: 18_025 } as const;

/** Servers for one test run, in a temporary folder. */
export interface RunningStack {
  /** For `XINZHI_TEST_STACK`. */
  readonly file: string;
  readonly folder: string;
  readonly stack: TestStack;
  /** Stops everything and removes the folder. */
  stop(): Promise<void>;
}

/** Ends servers and removes files of test runs that were killed. */
async function removeLeftOvers(): Promise<void> {
  const uid = process.getuid?.();
  for (const name of readdirSync(tmpdir())) {
    const folder = join(tmpdir(), name);
    if (!name.startsWith(PREFIX) || lstatSync(folder).uid !== uid) continue;
    const runner = readRecord(join(folder, RUNNER));
    if (runner === undefined || isRunning(runner)) continue;
    for (const service of ['inbox', 'temporal', 'postgres']) {
      await endLeftOver(join(folder, 'data', 'run', `${service}.json`), 'SIGTERM', 10_000);
    }
    rmSync(folder, { recursive: true, force: true });
  }
}

/**
 * Brings up PostgreSQL, Temporal and the inbox for the tests, and compiles the workflows.
 * @param chromium handed on to the tests.
 */
export async function startTestStack(progress: Progress, signal: AbortSignal, chromium: string | undefined): Promise<RunningStack> {
  await removeLeftOvers();
  const folder = mkdtempSync(join(tmpdir(), PREFIX));
  chmodSync(folder, 0o711); // PostgreSQL runs under another account when the tests run as root
  writeRecord(join(folder, RUNNER), recordOf(process.pid));
  const services: Service[] = [];

  async function stop(): Promise<void> {
    await stopInOrder(services, () => undefined);
    rmSync(folder, { recursive: true, force: true });
  }

  try {
    const data = join(folder, 'data');
    mkdirSync(data);
    chmodSync(data, 0o711);
    const servers = await startServers({
      folder: openDataFolder(data),
      ports: createPorts(undefined, preferredPorts),
      progress,
      signal,
      env: process.env,
      given: { databaseUrl: undefined, temporalAddress: undefined, smtpUrl: undefined },
      namespace: NAMESPACE,
      databasePasswords: { application: newPassword(), owner: newPassword(), superuser: newPassword() },
      throwaway: true,
      onService: (service) => services.push(service),
    });
    await progress.step('Compiling the workflows', testWorkflowBundle);
    const stack: TestStack = {
      ...servers.localDatabase!,
      temporalAddress: servers.temporalAddress,
      temporalNamespace: NAMESPACE,
      temporalExecutable: servers.temporalExecutable ?? '',
      smtpUrl: servers.smtpUrl,
      inboxUrl: servers.inboxUrl ?? '',
      chromium,
    };
    const file = join(folder, 'stack.json');
    writeFileAtomically(file, JSON.stringify(stack, undefined, 2));
    return { file, folder, stack, stop };
  } catch (error) {
    await stop();
    throw error;
  }
}

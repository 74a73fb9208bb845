import { spawn, spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { delimiter, join } from 'node:path';
import type { Progress } from '../src/launcher/progress.ts';

const COMMANDS = ['chromium', 'chromium-browser', 'google-chrome-stable', 'google-chrome'];
/** Without a font that has Chinese characters, every picture of a page shows boxes. */
const PACKAGES = ['chromium', 'fonts-wqy-zenhei'];

function onPath(): string | undefined {
  const folders = (process.env['PATH'] ?? '').split(delimiter).filter((folder) => folder !== '');
  return COMMANDS.flatMap((command) => folders.map((folder) => join(folder, command))).find((file) => existsSync(file));
}

function hasChineseFont(): boolean {
  const { status, stdout } = spawnSync('fc-list', [':lang=zh', 'family'], { encoding: 'utf8' });
  return status === 0 && stdout.trim() !== '';
}

function apt(...args: string[]): Promise<string | undefined> {
  return new Promise((resolve) => {
    let last = '';
    const child = spawn('apt-get', ['-q', '-o', 'DPkg::Lock::Timeout=300', ...args], {
      env: { ...process.env, DEBIAN_FRONTEND: 'noninteractive' }, stdio: ['ignore', 'ignore', 'pipe'],
    });
    child.stderr.setEncoding('utf8').on('data', (chunk: string) => { last = chunk.trim() || last; });
    child.once('error', (error) => resolve(error.message));
    child.once('exit', (code) => resolve(code === 0 ? undefined : last));
  });
}

/**
 * The Chromium executable; installed with a Chinese font by the distribution's package manager when this runs as root.
 * @throws with one sentence that says what to do.
 */
export async function ensureChromium(progress: Progress): Promise<string> {
  const present = onPath();
  if (present !== undefined && hasChineseFont()) return present;
  const advice = `Browser tests need Chromium and a Chinese font: install them (Debian: apt-get install ${PACKAGES.join(' ')}) and run again`;
  if (process.getuid?.() !== 0) throw new Error(`${advice}; this can be done for you only when the tests run as root.`);
  if (spawnSync('apt-get', ['--version']).status !== 0) throw new Error(`${advice}; this can be done for you only where apt-get is.`);
  const problem = await progress.step(`Installing ${PACKAGES.join(' and ')}`, async () =>
    await apt('update') ?? await apt('install', '-y', '--no-install-recommends', ...PACKAGES));
  const installed = onPath();
  if (installed === undefined) throw new Error(`${advice}; installing them failed: ${problem ?? 'apt-get did not bring a chromium command'}.`);
  return installed;
}

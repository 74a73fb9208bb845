import { createTemporalClient } from '../../src/platform/temporal/connection.ts';
import { createProgress } from '../../src/launcher/progress.ts';
import { actKinds, measureActs, type ActFigures } from './acts.ts';
import { Browser } from './browser.ts';
import { startFloor } from './floor.ts';
import { against, ms, table } from './figures.ts';
import { residentMegabytes, startStack, type Stack } from './stack.ts';

const say = (line: string): void => void process.stdout.write(`${line}\n`);
const progress = createProgress(say);
const asked = new AbortController();
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, () => asked.abort());

const atOnce = 8;

async function acts(stack: Stack, url: string, database: string): Promise<ActFigures> {
  const browser = await new Browser(url).signIn('xyb.handler');
  const bare = await stack.script('floor-worker.ts', database);
  const temporal = createTemporalClient(stack.config);
  try {
    const floor = await startFloor(temporal.client, atOnce);
    return await measureActs({ browser, floor, rounds: 60 + atOnce, atOnce, progress: (text) => say(`  ${text}`) });
  } finally {
    browser.close();
    bare.disconnect();
    await temporal.close();
  }
}

const stack = await startStack(progress, asked.signal);
try {
  await stack.seed('city');
  const [web, worker] = await Promise.all([stack.web('city'), stack.worker('city')]);
  const found = await acts(stack, web.url, 'city');
  for (const line of table([
    ['act', 'to floor', 'p50', 'p95'],
    ['bare workflow', '', ms(found.floor.p50), ms(found.floor.p95)],
    ...actKinds.map((kind) => [kind, against(found.one[kind].p50 / found.floor.p50, 1.5), ms(found.one[kind].p50), ms(found.one[kind].p95)]),
    [`${atOnce} at once`, against(found.many.acts.p50 / found.many.floor.p50, 1.5), ms(found.many.acts.p50), ms(found.many.acts.p95)],
    [`${atOnce} at once, bare`, '', ms(found.many.floor.p50), ms(found.many.floor.p95)],
  ])) say(line);
  say(`${found.many.actsASecond.toFixed(0)} against ${found.many.floorASecond.toFixed(0)} a second`);
  say(`web ${residentMegabytes(web.pid)} worker ${residentMegabytes(worker.pid)}`);
} finally {
  await stack.stop();
}

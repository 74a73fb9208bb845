// `npm run record-histories [VERSION]`: plays every situation on real servers and keeps the histories of the processes
// as fixtures of the replay tests. A file that is there is left as it is; delete it to have it recorded again.
import { existsSync, mkdirSync, writeFileSync } from 'node:fs';
import { homedir, hostname } from 'node:os';
import { setTimeout as delay } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { TestWorkflowEnvironment } from '@temporalio/testing';
import { createProgress } from '../src/launcher/progress.ts';
import { HISTORIES_FOLDER, historyToJson, payloadKeys, payloadTexts, recordingText, versions, withPayloads, type Json } from '../test/replay/histories.ts';
import { situations, type Ground, type Situation } from '../test/replay/situations.ts';
import { testConfig, testStack } from '../test/support/stack.ts';
import { startCases, type CasesOptions, type RunningCases } from '../test/workflows/running.ts';
import { startTestStack } from './test-stack.ts';

const ROOT = fileURLToPath(new URL('..', import.meta.url));
/** Situations played at once: enough to use the time in which one waits. */
const AT_ONCE = 4;

/** Of no use to a replay; some of it names the machine or the build. */
const noise = new Set(['identity', 'workerVersion', 'binaryChecksum', 'taskId', 'requestId', 'historySizeBytes', 'meteringMetadata']);
const NAME_OF_MACHINE = `@${hostname()}`;

/** Queues have a number of this recording in their names, or the name of the worker's machine. */
function queueAnywhere(queue: { [member: string]: Json }): Json {
  const { name, normalName } = queue;
  const mail = typeof name === 'string' && name.endsWith('-mail');
  return { ...queue, name: mail ? 'cases-mail' : 'cases', ...(normalName !== undefined && { normalName: 'cases' }) };
}

function withoutNoise(json: Json): Json {
  if (typeof json !== 'object' || json === null) return json;
  if (Array.isArray(json)) return json.map(withoutNoise);
  const kept = Object.entries(json).filter(([member]) => !noise.has(member));
  return Object.fromEntries(
    kept.map(([member, value]) => [member, member === 'taskQueue' ? queueAnywhere(value as { [member: string]: Json }) : withoutNoise(value)]),
  );
}

/** Nothing of this machine may stand in a fixture, in its payloads neither: failures carry the paths of their stack. */
async function cleaned(events: Json[]): Promise<Json[]> {
  const kept = (await withPayloads(withoutNoise(events), (text) => text.replaceAll(`file://${ROOT}`, '').replaceAll(ROOT, ''))) as Json[];
  const everything = [JSON.stringify(kept), ...(await payloadTexts(kept))].join('\n');
  for (const own of [ROOT, `${homedir()}/`, NAME_OF_MACHINE]) {
    if (everything.includes(own)) throw new Error(`${own} of this machine is left in a history.`);
  }
  return kept;
}

/**
 * Waits until the run has nothing in hand: what is recorded then is a history between two tasks of the worker. For a mail
 * it waits a while only, as one that an ended run had claimed is left alone for minutes.
 */
async function atRest({ client, config }: RunningCases, workflowId: string): Promise<void> {
  for (let tries = 0; ; tries += 1) {
    const { pendingActivities, pendingWorkflowTask } = await client.workflowService.describeWorkflowExecution({ namespace: config.temporalNamespace, execution: { workflowId } });
    if (!pendingWorkflowTask && ((pendingActivities ?? []).length === 0 || tries > 200)) return;
    if (tries > 800) throw new Error(`${workflowId} does not come to rest.`);
    await delay(25);
  }
}

/** The histories of the last run and of those that it continues, the first one first. */
async function runsOf(cases: RunningCases, workflowId: string): Promise<Json[][]> {
  const runs: Json[][] = [];
  let runId: string | undefined;
  do {
    const history = await cases.client.workflow.getHandle(workflowId, runId).fetchHistory();
    runs.unshift(historyToJson(history).events);
    runId = history.events?.[0]?.workflowExecutionStartedEventAttributes?.continuedExecutionRunId || undefined;
  } while (runId !== undefined);
  return runs;
}

/** Plays one situation and gives the histories of its runs. */
async function record({ play }: Situation, shared: RunningCases): Promise<Json[][]> {
  const owned: { close(): Promise<unknown> }[] = [];
  let cases = shared;
  const ground: Ground = {
    shared,
    async own(options: CasesOptions) {
      cases = await startCases({ ...options, config: { ...published(), ...options.config } });
      owned.unshift(cases);
      return cases;
    },
    async ownServer(longAfter) {
      const server = await TestWorkflowEnvironment.createLocal({
        server: {
          executable: { type: 'existing-path', path: testStack().temporalExecutable },
          extraArgs: ['--dynamic-config-value', `limit.historyCount.suggestContinueAsNew=${longAfter}`],
        },
      });
      owned.unshift({ close: () => server.teardown() });
      return ground.own({ config: { temporalAddress: server.address, temporalNamespace: 'default' } });
    },
  };
  try {
    const workflowId = await play(ground);
    await atRest(cases, workflowId);
    return await runsOf(cases, workflowId);
  } finally {
    for (const one of owned) await one.close();
  }
}

/** The tests' settings, but with the key that is published with the histories. */
const published = () => ({ secrets: { ...testConfig().secrets, payload: payloadKeys } });

async function recordAll(folder: string, missing: readonly Situation[]): Promise<void> {
  const shared = await startCases({ config: published() });
  const waiting = [...missing];
  const work = async (): Promise<void> => {
    for (let situation = waiting.shift(); situation; situation = waiting.shift()) {
      const { name, says } = situation;
      const runs = await record(situation, shared);
      for (const [n, run] of runs.entries()) {
        const file = n === 0 ? name : `${name}.${n + 1}`;
        const text = recordingText({ situation: n === 0 ? says : `${says} (run ${n + 1})`, events: await cleaned(run) });
        writeFileSync(`${folder}/${file}.json`, text);
        progress.say(`${file}: ${run.length} events, ${Math.ceil(text.length / 1024)} kB`);
      }
    }
  };
  try {
    await Promise.all(Array.from({ length: AT_ONCE }, work));
  } finally {
    await shared.close();
  }
}

const progress = createProgress((line) => process.stdout.write(`${line}\n`));
const [version = versions().at(-1) ?? 'v1'] = process.argv.slice(2);
if (!/^v[1-9]\d*$/u.test(version)) throw new Error(`${version} is no version: v1, v2, …`);
const folder = `${HISTORIES_FOLDER}${version}`;
const missing = situations.filter(({ name }) => !existsSync(`${folder}/${name}.json`));
if (missing.length === 0) {
  progress.say(`${version} has a history of every situation.`);
} else {
  mkdirSync(folder, { recursive: true });
  const stack = isUp() ? undefined : await startTestStack(progress, new AbortController().signal, undefined);
  if (stack) process.env['XINZHI_TEST_STACK'] = stack.file;
  try {
    await recordAll(folder, missing);
  } finally {
    await stack?.stop();
  }
}

function isUp(): boolean {
  try {
    testStack();
    return true;
  } catch {
    return false;
  }
}

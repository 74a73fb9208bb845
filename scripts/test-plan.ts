import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { dirname, join, relative, resolve, sep } from 'node:path';

/** In the order in which they run: what is quick and tells most comes first. */
export const STAGES = ['unit', 'property', 'data', 'workflow', 'replay', 'page', 'browser', 'faults'] as const;

export type Stage = (typeof STAGES)[number];

/** Test files of each stage, by their paths from the work tree. */
export type Plan = ReadonlyMap<Stage, readonly string[]>;

/** Stages that need no servers. */
export const WITHOUT_STACK: ReadonlySet<Stage> = new Set(['unit', 'property', 'replay']);

const BY_FOLDER: Readonly<Record<string, Stage>> = { workflows: 'workflow', replay: 'replay', e2e: 'browser', faults: 'faults' };

/** At the beginning of a line, where an import stands; `} from` ends one of several lines. */
const RELATIVE_IMPORT = /^(?:import\b|export\b|\})[^'\n]*'(\.{1,2}\/[^'\n]+\.ts)'/gm;

/** Does this file, or one below test/ that it imports, import the stack? */
function reachesStack(file: string, testFolder: string, seen = new Set<string>()): boolean {
  if (seen.has(file) || !file.startsWith(testFolder) || !existsSync(file)) return false;
  seen.add(file);
  if (file === join(testFolder, 'support', 'stack.ts')) return true;
  for (const [, imported = ''] of readFileSync(file, 'utf8').matchAll(RELATIVE_IMPORT)) {
    if (reachesStack(resolve(dirname(file), imported), testFolder, seen)) return true;
  }
  return false;
}

/**
 * The stage of a test file. Workflow, replay, browser and fault tests have folders of their own; of the others,
 * those that import `test/support/stack.ts` run with servers: in `page` below test/features, in `data` elsewhere.
 */
export function stageOf(file: string, testFolder: string): Stage {
  const [folder = ''] = relative(testFolder, file).split(sep);
  const own = BY_FOLDER[folder];
  if (own !== undefined) return own;
  if (!reachesStack(file, testFolder)) return file.endsWith('.property.test.ts') ? 'property' : 'unit';
  return folder === 'features' ? 'page' : 'data';
}

function testFiles(folder: string): string[] {
  return readdirSync(folder, { recursive: true, encoding: 'utf8' }).filter((file) => file.endsWith('.test.ts')).map((file) => join(folder, file)).toSorted();
}

/**
 * Which files run in which stage.
 * @param wanted names of stages, test files or folders below test/; nothing: everything.
 * @throws when a word is none of these.
 */
export function planTests(root: string, wanted: readonly string[]): Plan {
  const testFolder = join(root, 'test');
  const stages = wanted.filter((word): word is Stage => (STAGES as readonly string[]).includes(word));
  const paths = wanted.filter((word) => !(STAGES as readonly string[]).includes(word)).map((word) => resolve(word));
  for (const path of paths) {
    if (!existsSync(path)) throw new Error(`${relative(root, path)} is neither a test file nor one of ${STAGES.join(', ')}.`);
  }
  const plan = new Map<Stage, string[]>(STAGES.map((stage) => [stage, []]));
  for (const file of testFiles(testFolder)) {
    const stage = stageOf(file, testFolder);
    const byPath = paths.some((path) => file === path || file.startsWith(path + sep));
    if (wanted.length === 0 || stages.includes(stage) || byPath) plan.get(stage)?.push(relative(root, file));
  }
  return plan;
}

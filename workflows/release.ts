import { releaseOpeningOf, stageOf } from '../src/rules/release/facts.ts';
import type { CaseFile } from './case/file.ts';
import { runCase, type CaseStart } from './case/running.ts';

/** 解除通知: 信用修复管理办法 (Order 36) article 3, for records that go without a repair or an objection. */
export async function release(start: CaseStart): Promise<void> {
  await runCase(start, tellUnits);
}

/** Every unit that used the record answers; the measure it lifts is taken out of the record's file with its answer. */
export async function tellUnits(file: CaseFile): Promise<void> {
  const { cause, used } = releaseOpeningOf(file.state);
  const stage = stageOf(cause);
  await file.tasks(used.map(({ unit }) => ({ stage, key: unit, audience: { unit, role: 'handler' } as const, rule: `release.${stage}` })));
  await file.close('answered', '', { final: true });
}

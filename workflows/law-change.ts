import { proxyActivities } from '@temporalio/workflow';
import type { LawActivities } from '../src/rules/casefile/ports.ts';

const { recomputeOpenCases } = proxyActivities<LawActivities>({
  startToCloseTimeout: '6 hours',
  heartbeatTimeout: '1 minute',
  retry: { initialInterval: '5s', maximumInterval: '10 minutes' },
});

/**
 * A rule or the calendar has changed: every open deadline is computed again. Each case does it once for a key, so that
 * an attempt which was cut short goes on where it stopped.
 */
export async function lawChange(key: string): Promise<number> {
  return recomputeOpenCases(key);
}

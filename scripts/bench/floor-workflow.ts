import { condition, defineUpdate, proxyLocalActivities, setHandler } from '@temporalio/workflow';

const { nothing } = proxyLocalActivities<{ nothing(): Promise<void> }>({ startToCloseTimeout: '20s' });

/** The least a workflow can do for an act: one Update that runs one empty local activity. */
export const touch = defineUpdate<number>('touch');

export async function floor(): Promise<void> {
  let touched = 0;
  setHandler(touch, async () => {
    await nothing();
    touched += 1;
    return touched;
  });
  await condition(() => false);
}

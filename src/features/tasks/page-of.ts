import { isSideStage } from '../../rules/casefile/acts.ts';
import type { TaskState } from '../../rules/casefile/types.ts';
import { sideStagePages } from './side-stages.ts';
import type { KindPages, ShownLine, StagePage } from './stage-form.ts';
import type { Words } from './words.ts';

/** The form of a task's stage. @throws for a stage that its kind of case does not have. */
export function pageOf({ stages }: Pick<KindPages, 'stages'>, stage: string): StagePage {
  const page = isSideStage(stage) ? sideStagePages[stage] : stages[stage];
  if (!page) throw new Error(`no form for the stage ${stage}`);
  return page;
}

/** What a finished task says, in lines to read. */
export function shownOf(kind: Pick<KindPages, 'stages'>, task: Pick<TaskState, 'stage' | 'form'>, words: Words): ShownLine[] {
  return pageOf(kind, task.stage).shown(task.form, words);
}

import { isSideStage } from '../../rules/casefile/acts.ts';
import type { CaseState, TaskState } from '../../rules/casefile/types.ts';
import { sideStagePages } from './side-stages.ts';
import type { PagesByKind, ShownLine, StagePage } from './stage-form.ts';
import type { Words } from './words.ts';

/** The form of a task's stage. @throws for a stage that its kind of case does not have. */
export function pageOf(pages: PagesByKind, state: Pick<CaseState, 'kind'>, stage: string): StagePage {
  const page = isSideStage(stage) ? sideStagePages[stage] : pages[state.kind].stages[stage];
  if (!page) throw new Error(`${state.kind}: no form for the stage ${stage}`);
  return page;
}

/** What a finished task says, in lines to read. */
export function shownOf(pages: PagesByKind, state: Pick<CaseState, 'kind'>, task: Pick<TaskState, 'stage' | 'form'>, words: Words): ShownLine[] {
  return pageOf(pages, state, task.stage).shown(task.form, words);
}

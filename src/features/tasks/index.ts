import type { FeatureFactory } from '../../platform/http/feature.ts';
import { isAdministrator } from '../../rules/people.ts';
import { fateRoutes } from './fate-routes.ts';
import { myWorkRoutes } from './my-work-routes.ts';
import type { TasksParts } from './parts.ts';
import { taskRoutes } from './task-routes.ts';

export type { TasksParts } from './parts.ts';
export { standingKey } from './act-panels.ts';
export { sayRefusal } from './said.ts';
export { fieldId, lines, maybe, OUTCOME, outcomeField, readOnly, readOutcome, shownLines } from './outcome-form.ts';
export { shownOf } from './page-of.ts';
export { leavingBlocks, orPreview, withPreview, type LeavingTexts } from './preview.ts';
export {
  stagePage,
  type Block,
  type FieldGroup,
  type KindPages,
  type PagesByKind,
  type ShownLine,
  type StageContext,
  type StagePage,
  type StageRead,
} from './stage-form.ts';
export { createWords, type Words } from './words.ts';
export { workingUnits } from './working-units.ts';

/** What one has to do (`/`), the tasks and every act on them (`/tasks`), and what became of an act (`/acts`). */
export const tasks =
  (parts: TasksParts): FeatureFactory =>
  (ground) => [
    {
      access: 'staff',
      path: '/',
      router: myWorkRoutes(ground, parts),
      nav: [{ href: '/', label: 'tasks:mine.title', icon: 'home', order: 0, shownTo: (person) => !isAdministrator(person) }],
    },
    { access: 'staff', path: '/tasks', router: taskRoutes(ground, parts) },
    { access: 'staff', path: '/acts', router: fateRoutes(ground, parts) },
  ];

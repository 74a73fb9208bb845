export { deskRoutes } from './desk/routes.ts';
export { openTasksOf, whoseTurn, type OpenTask } from './open-tasks.ts';
export { presentCommon } from './presenter.ts';
export { existsCase, findCase } from './queries.ts';
export { fileItem } from './timeline.ts';
export { caseRoutes, type CaseRoutesParts } from './routes.ts';
export { searchCondition } from './search.ts';
export type { CasePage, CasePageParts, CaseView, CommonCasePage } from './view.ts';

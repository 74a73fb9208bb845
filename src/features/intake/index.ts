export { barOf, enteredBy, sentenceOf, type IntakeKind } from './entered.ts';
export { intakeRoutes, type IntakeParts } from './routes.ts';

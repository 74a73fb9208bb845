export { intakeRoutes, type IntakeKind, type IntakeParts } from './routes.ts';

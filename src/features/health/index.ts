export { createChecks, type Part } from './checks.ts';
export { createProbes } from './routes.ts';

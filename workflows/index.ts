export { repair } from './credit-repair.ts';
export { incident } from './incident.ts';
export { lawChange } from './law-change.ts';
export { objection } from './objection.ts';
export { redelivery } from './redelivery.ts';
export { codeCorrection } from './code-correction.ts';
export { takedown } from './takedown.ts';
export { release } from './release.ts';

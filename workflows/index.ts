export { incident } from './incident.ts';
export { lawChange } from './law-change.ts';
export { redelivery } from './redelivery.ts';

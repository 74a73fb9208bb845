export { objectionPages } from './stages/index.ts';

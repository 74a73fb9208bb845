export { repairPages } from './stages/index.ts';

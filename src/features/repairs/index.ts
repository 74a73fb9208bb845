export { repairPages } from './stages/index.ts';
export { remarkLines } from './stages/parts.ts';
export { recordBlocks } from './stages/record-block.ts';

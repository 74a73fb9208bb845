import { createHash } from 'node:crypto';

/** The same id for the same thing of the demo city at every start, so that what is there is known again. */
export function demoId(of: string): string {
  const hex = createHash('sha256').update(`demo ${of}`).digest('hex');
  return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-4${hex.slice(13, 16)}-a${hex.slice(17, 20)}-${hex.slice(20, 32)}`;
}

import type { z } from 'zod';
import { BadRequest } from './errors.ts';
import { createSigner } from './signer.ts';

/** Marks the place in a sorted list after which (or before which) the next page begins. */
export interface Cursors {
  /** `list` names the list and its sorting, so that a cursor of one does not serve another. */
  encode(list: string, position: unknown): string;
  /**
   * The position, or undefined when no cursor was given.
   * @throws BadRequest when it was made up, belongs to another list or has another shape.
   */
  decode<T>(list: string, cursor: unknown, schema: z.ZodType<T>): T | undefined;
}

const LONGEST = 2000;

/** Keyset paging: the position is the last row's sort values, JSON, signed so that nobody makes one up. */
export function createCursors(secret: string): Cursors {
  return {
    encode: (list, position) => createSigner(secret, `cursor:${list}`).sign(JSON.stringify(position)),
    decode(list, cursor, schema) {
      if (cursor === undefined || cursor === '') return undefined;
      const text = typeof cursor === 'string' && cursor.length <= LONGEST
        ? createSigner(secret, `cursor:${list}`).verify(cursor)
        : null;
      const position = text === null ? undefined : schema.safeParse(JSON.parse(text));
      if (position?.success !== true) throw new BadRequest('errors:cursor');
      return position.data;
    },
  };
}

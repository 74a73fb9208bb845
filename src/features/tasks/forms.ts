import { z } from 'zod';
import { BadRequest } from '../../platform/http/errors.ts';
import { choice, integer, text, uuid } from '../../platform/http/fields.ts';
import type { SuspensionGround } from '../../rules/casefile/types.ts';

const identity = z.object({ commandId: uuid, seenVersion: integer({ min: 0, max: 1e9 }) });

/**
 * The hidden fields of every form of the task page: the id of the command, and the version that the person saw.
 * @throws BadRequest when they are missing: no page of ours sends a form without them.
 */
export function readIdentity(body: unknown): { commandId: string; seen: number } {
  const read = identity.safeParse(body);
  if (!read.success) throw new BadRequest('errors:malformed');
  return { commandId: read.data.commandId, seen: read.data.seenVersion };
}

/** The command id alone: for buttons in lists, which say nothing about a version. */
export function readCommandId(body: unknown): string {
  const read = identity.pick({ commandId: true }).safeParse(body);
  if (!read.success) throw new BadRequest('errors:malformed');
  return read.data.commandId;
}

export const limits = { reason: 500, comment: 2000, urge: 500, supervise: 1000 } as const;

const said = (max: number) => text({ max, lines: true });

export const releaseForm = z.object({ reason: said(limits.reason) });
export const reassignForm = (people: readonly string[]) => z.object({ person: choice(people), reason: said(limits.reason) });
export const suspensionForm = (grounds: readonly SuspensionGround[]) => z.object({ ground: choice(grounds), reason: said(limits.reason) });
export const resumptionForm = z.object({ reason: said(limits.reason) });
export const commentForm = z.object({ text: said(limits.comment) });
export const extensionForm = (most: number) => z.object({ days: integer({ min: 1, max: most, of: 'workday' }), reason: said(limits.reason) });
export const urgeForm = z.object({ text: said(limits.urge) });
export const superviseForm = z.object({ text: said(limits.supervise) });

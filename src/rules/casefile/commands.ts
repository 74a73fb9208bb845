import type { Person } from '../people.ts';
import type { Actor, Assignee, FileRef, Form, Instant, SuspensionGround, Vacated } from './types.ts';

/** What a person can do to a case, one member for each act. */
export type Act =
  | { type: 'claim'; task: string }
  | { type: 'release'; task: string; reason: string }
  /** Given back to its unit as the one who has it, `of`, can do it no more; done by whoever keeps the accounts. */
  | { type: 'vacate'; task: string; of: string; because: Vacated }
  | { type: 'reassign'; task: string; to: Assignee; reason: string }
  | { type: 'complete'; task: string; outcome: string; form: Form }
  | { type: 'comment'; task: string; text: string }
  | { type: 'attach'; task: string; files: FileRef[] }
  | { type: 'requestExtension'; task: string; days: number; reason: string }
  | { type: 'urge'; task: string; text: string }
  | { type: 'supervise'; task: string; text: string }
  | { type: 'proposeWithdrawal'; disclosure: string; reason: string }
  /** Without `ground` in commands of before. */
  | { type: 'suspend'; task: string; ground?: SuspensionGround; reason: string }
  | { type: 'resume'; task: string; reason: string }
  | { type: 'withdraw'; reason: string }
  /** An application that is about the same: one more is told what becomes of it. Its contact is sealed under the command's id. */
  | { type: 'join'; form: Form; files: FileRef[] }
  | { type: 'reopen'; reason: string }
  | { type: 'recuse'; person: Assignee; reason: string }
  | { type: 'liftRecusal'; person: Assignee; reason: string };

export type ActType = Act['type'];

/**
 * Who acts, with the roles he held when he pressed the button. An applicant has none: the portal says for which subject he
 * speaks at that moment, so that a firm's case goes on with whoever has become its handler.
 */
export type Acting = Pick<Person, 'id' | 'name' | 'roles'> & { unit: string; speaksFor?: string };

/** One act on its way into a case. */
export interface Command {
  /** Made with the form, so that a form posted twice is one command. */
  id: string;
  by: Acting;
  act: Act;
  /** The version of the task that the person saw; null where the act does not depend on it. */
  seen: number | null;
  requestId: string;
  /** When it happened, where that is not now: files that are taken over. */
  at: Instant | null;
}

export function actorOf(by: Acting): Actor {
  return { person: by.id, name: by.name, unit: by.unit };
}

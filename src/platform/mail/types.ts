import type { CaseKind } from '../../rules/casefile/types.ts';
import type { RefusalGround } from '../../rules/objection/facts.ts';
import type { Role } from '../../rules/people.ts';

/** A deadline as a letter tells it; the case file's own deadline fits. Instants are ISO 8601. */
export interface MailDeadline {
  at: string;
  /** The year's calendar is not published yet. */
  provisional: boolean;
  /** The legal basis of the limit. */
  basis?: string;
  /** The one it replaced. */
  was?: { at: string };
}

/** Who acted: his name and his unit's id, as an event carries them. */
export interface MailActor {
  name: string;
  unit: string;
}

/** What every letter about a case says. The title is masked before it leaves. */
interface AboutCase {
  /** An incident where it is not said. */
  kind?: CaseKind;
  caseNo: string;
  title: string;
  /** Whether who applied has an account on the portal; absent where nobody from outside did. */
  account?: boolean;
}

interface AboutTask extends AboutCase {
  /** As it stands in the address of the task's page. */
  taskId: string;
  /** Stage code, e.g. `verify`. */
  stage: string;
  /** Id of the unit whose move it is. */
  unit: string;
  deadline: MailDeadline | null;
}

interface ByActor {
  by: MailActor;
}

/** The occasions of mail, each with what must be known to write it. */
export interface MailParams {
  /** A task was opened for, or handed to, the reader. `note` is what the one before him wrote. */
  assigned: AboutTask & { by: MailActor | null; note: string | null };
  /** A task came back to the reader to be done again. */
  returned: AboutTask & ByActor & { reason: string };
  reminder: AboutTask;
  due: AboutTask;
  overdue: AboutTask;
  /** `stage`, `taskId`, `deadline` are those of the decision; `of` is the task that wants more time. */
  extensionAsked: AboutTask & ByActor & { of: { stage: string; unit: string; deadline: MailDeadline | null }; days: number; reason: string };
  extensionDecided: AboutTask & ByActor & { granted: boolean; days: number; reason: string | null };
  urged: AboutTask & ByActor & { text: string };
  supervised: AboutTask & ByActor & { text: string };
  opinionToApprove: AboutTask & { by: MailActor | null };
  /** `publicPath` is the path of the public page, `until` the instant at which its term ends. */
  published: AboutCase & { until: string; publicPath: string };
  disclosureWithdrawn: AboutCase & { reason: string; publicPath: string | null };
  closed: AboutCase & { outcome: string };
  /** The next five go to whoever reported: what became of it. `unit` is the office that answers for it. */
  reportReceived: AboutCase & { unit: string };
  /** 反馈. `reply` holds no data of third persons, `at` is the instant at which it was given. A unit that reported reads it too. */
  reporterAnswered: AboutCase & { unit: string; reply: string; at: string; publicPath: string | null };
  reporterClosed: AboutCase & { unit: string; publicPath: string | null };
  unfounded: AboutCase & { unit: string; reason: string };
  duplicate: AboutCase & { unit: string };
  /** To whoever applied or objected. `unit` is the one that answers for it. */
  applicationReceived: AboutCase & { unit: string };
  supplementAsked: AboutCase & { unit: string; missing: readonly string[]; reason: string | null; deadline: MailDeadline | null };
  applicationAccepted: AboutCase & { unit: string };
  applicationRefused: AboutCase & { unit: string; reason: string };
  applicationHandedOver: AboutCase & { unit: string; reason: string };
  applicationExtended: AboutCase & { unit: string; deadline: MailDeadline | null; reason: string };
  repairDecided: AboutCase & { unit: string; granted: boolean; reason: string };
  /** 拟撤销: what he may answer to. `act` and `legalBasis` are those of the record that would be made. */
  revocationProposed: AboutCase & { unit: string; finding: string; act: string | null; legalBasis: string | null; deadline: MailDeadline | null };
  /** After he was heard it is not revoked. */
  repairKept: AboutCase & { unit: string; reason: string };
  /** `again`: first day of a new application, `YYYY-MM-DD`; `record`: number of the decision under which what was false is recorded. */
  repairRevoked: AboutCase & { unit: string; reason: string; again: string | null; record: string | null };
  /** 不予受理: with what he can do on that ground. */
  objectionRefused: AboutCase & { unit: string; ground: RefusalGround; reason: string };
  /** 并案: another objected on the same facts before; `result` where that is decided already. */
  objectionJoined: AboutCase & { unit: string; result: 'upheldCorrect' | 'upheldRemove' | 'rejected' | null; reason: string | null };
  objectionDecided: AboutCase & { unit: string; result: 'upheldCorrect' | 'upheldRemove' | 'rejected'; reason: string };
}

export type MailTemplate = keyof MailParams;

/**
 * Whom a letter is for: a person; a unit's mailbox; everybody who holds a role in a unit (the head of the credit office
 * is also its head); or a reporter, by the id of his sealed contact. Where there is no such person, or he is gone or
 * has no address, it goes to the mailbox of `unit`, else of a unit of his own.
 */
export type MailTo = { person: string; unit?: string } | { unit: string; role?: Role } | { reporter: string };

/** One letter to write, as the record of a case's events asks for it. */
export type Letter = {
  [T in MailTemplate]: {
    /** Business key: case, stage, occasion, recipient, deadline version. One key is one mail (for a role: one a person), for ever. */
    key: string;
    caseId: string;
    eventSeq: number;
    template: T;
    to: MailTo;
    params: MailParams[T];
    /** The person who did what the letter tells of: he gets no mail about his own act. */
    exceptPerson?: string;
    /** Persons who must not hear of it by a role they hold: they may not see the case, or may not do the task. */
    notTo?: readonly string[];
  };
}[MailTemplate];

/** The finished wording of a letter. */
export interface Rendered {
  subject: string;
  html: string;
  text: string;
}

export const mailStatuses = ['queued', 'sending', 'sent', 'failed', 'uncertain'] as const;

/**
 * queued: waits to be sent · sending: a worker has it · sent: the mail server took it · failed: the server refused it
 * for good · uncertain: the connection or the worker died while the server was receiving it, nobody knows if it arrived.
 */
export type MailStatus = (typeof mailStatuses)[number];

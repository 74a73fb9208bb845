import { z } from 'zod';
import { addFault, choice, choices, day, fault, optional, text } from '../../../platform/http/fields.ts';
import type { CivilDate } from '../../../rules/casefile/types.ts';
import { maskName } from '../../../rules/masking/index.ts';
import { needsNote, needsReceiver, receivers, serviceMeans, type Service, type ServedDocument, type ServiceMeans } from '../../../rules/records/service.ts';

export const longestNote = 500;
const longestName = 50;

/** What is typed about a service; the day on which it counts and the proof are added to it. */
export type TypedService = Omit<Service, 'servedOn' | 'proof'>;

export interface ServiceTyped {
  /** Null: nothing was served after all. */
  readonly service: TypedService | null;
  readonly reason: string | null;
}

export interface ServiceFormContext {
  /** Documents that may be served still. */
  readonly offered: readonly ServedDocument[];
  /** The day of the decision: nothing is served before it is made. */
  readonly decidedOn: CivilDate;
  readonly today: CivilDate;
  /** An entry is corrected: its reason is asked for, and it may be that nothing was served. */
  readonly correcting: boolean;
}

const fieldsOf = ({ offered, decidedOn, today, correcting }: ServiceFormContext) => ({
  documents: choices(offered, { least: correcting ? 0 : 1 }),
  means: choice(serviceMeans),
  issuedOn: day({ notBefore: decidedOn, notAfter: today }),
  receiverAs: optional(choice(receivers)),
  receiverName: optional(text({ max: longestName })),
  note: optional(text({ max: longestNote, lines: true })),
});

const reason = text({ max: longestNote, lines: true });

/** What each means asks for beside its day: 民事诉讼法 articles 87 to 95, 行政处罚法 article 61. */
function checkMeans(means: ServiceMeans, isTyped: (name: string) => boolean, checking: z.RefinementCtx): void {
  const takenBy = ['receiverName', 'receiverAs'] as const;
  const asked = needsReceiver.has(means) || (means !== 'publicNotice' && takenBy.some(isTyped));
  for (const name of takenBy) if (asked && !isTyped(name)) addFault(checking, fault('common:form.required'), [name]);
  // By fax or mail where the party agreed to it in writing.
  if (means === 'electronic' && !isTyped('consent')) addFault(checking, fault('records:service.consentMissing'), ['consent']);
  if (needsNote.has(means) && !isTyped('note')) addFault(checking, fault(`records:service.noteMissing.${means}`), ['note']);
}

/** The form of a service. Everything that is wrong with it is said at once. */
export function serviceForm(context: ServiceFormContext): z.ZodType<ServiceTyped, unknown> {
  const { correcting } = context;
  const fields = fieldsOf(context);
  const given = z.object({ ...fields, reason: correcting ? reason : optional(reason) });
  const nothing = z.object({ reason });
  return z.record(z.string(), z.unknown()).transform((body, checking): ServiceTyped => {
    const refuse = ({ issues }: z.ZodError): void => issues.forEach((issue) => checking.addIssue({ ...issue }));
    const chosen = fields.documents.safeParse(body['documents']);
    if (correcting && chosen.success && chosen.data.length === 0) {
      const read = nothing.safeParse(body, { reportInput: true });
      if (read.success) return { service: null, reason: read.data.reason };
      refuse(read.error);
      return z.NEVER;
    }
    const read = given.safeParse(body, { reportInput: true });
    if (!read.success) refuse(read.error);
    const known = fields.means.safeParse(body['means']);
    const isTyped = (name: string): boolean => typeof body[name] === 'string' && body[name].trim() !== '';
    if (known.success) checkMeans(known.data, isTyped, checking);
    if (!read.success) return z.NEVER;
    const { documents, means, issuedOn, receiverAs, receiverName, note } = read.data;
    const receiver = receiverAs === null || receiverName === null || means === 'publicNotice' ? null : { as: receiverAs, masked: maskName(receiverName) };
    return { service: { documents, means, issuedOn, receiver, note: note ?? '' }, reason: read.data.reason };
  });
}

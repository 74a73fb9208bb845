import { z } from 'zod';
import { addFault, choice, choices, day, fault, optional, text, tick } from '../../../platform/http/fields.ts';
import type { CivilDate } from '../../../rules/casefile/types.ts';
import { maskName } from '../../../rules/masking/index.ts';
import { needsNote, needsReceiver, receivers, serviceMeans, type Service, type ServedDocument } from '../../../rules/records/service.ts';

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
  consent: tick,
  note: optional(text({ max: longestNote, lines: true })),
});

const reason = text({ max: longestNote, lines: true });

/** The form of a service, by what each means asks for: 民事诉讼法 articles 87 to 95, 行政处罚法 article 61. */
export function serviceForm(context: ServiceFormContext): z.ZodType<ServiceTyped, unknown> {
  const given = z.object({ ...fieldsOf(context), reason: context.correcting ? reason : optional(reason) }).transform((data, checking): ServiceTyped => {
    const { documents, means, issuedOn, receiverAs, receiverName, consent } = data;
    const note = data.note ?? '';
    const named = receiverAs !== null && receiverName !== null;
    const asked = needsReceiver.has(means) || receiverAs !== null || receiverName !== null;
    if (means !== 'publicNotice' && asked && !named) addFault(checking, fault('common:form.required'), [receiverAs === null ? 'receiverAs' : 'receiverName']);
    // 行政处罚法 article 61: by fax or mail where the party agreed to it in writing.
    if (means === 'electronic' && !consent) addFault(checking, fault('records:service.consentMissing'), ['consent']);
    if (needsNote.has(means) && note === '') addFault(checking, fault(`records:service.noteMissing.${means}`), ['note']);
    const receiver = named && means !== 'publicNotice' ? { as: receiverAs, masked: maskName(receiverName) } : null;
    return { service: { documents, means, issuedOn, receiver, note }, reason: data.reason };
  });
  if (!context.correcting) return given;
  const nothing = z.object({ reason }).transform((data): ServiceTyped => ({ service: null, reason: data.reason }));
  return z.unknown().transform((body, checking): ServiceTyped => {
    const chosen = z.object({ documents: fieldsOf(context).documents }).safeParse(body);
    const read = (chosen.success && chosen.data.documents.length === 0 ? nothing : given).safeParse(body, { reportInput: true });
    if (read.success) return read.data;
    for (const issue of read.error.issues) checking.addIssue({ ...issue });
    return z.NEVER;
  });
}

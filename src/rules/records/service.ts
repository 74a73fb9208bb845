import { dateAt, dayNumber, dueAfter, type Calendar, type Due } from '../calendar/index.ts';
import type { CivilDate, FileRef, Instant } from '../casefile/types.ts';
import { termOf } from '../limits/index.ts';
import { isCourts, type RecordFacts, type RecordKind } from './facts.ts';
import type { DomainRules, Publicity } from './publicity.ts';

/** 两书同达: the decision and the notice how its record may be repaired are served together (国办发〔2025〕22号). */
export const servedDocuments = ['decision', 'repairNotice'] as const;
export type ServedDocument = (typeof servedDocuments)[number];

/** 送达方式 of civil procedure, by which penalty decisions are served: 民事诉讼法 articles 87 to 95, 行政处罚法 article 61. */
export const serviceMeans = ['direct', 'left', 'electronic', 'post', 'entrusted', 'publicNotice'] as const;
export type ServiceMeans = (typeof serviceMeans)[number];

/** Who may take a document: 民事诉讼法 article 88. */
export const receivers = ['self', 'family', 'representative', 'clerk', 'agent'] as const;
export type Receiver = (typeof receivers)[number];

/** What was handed over, and when. The full name of who took it stands on the proof of service alone. */
export interface Service {
  readonly documents: readonly ServedDocument[];
  readonly means: ServiceMeans;
  /** Handed over, left, arrived, on the receipt; of a public notice the day on which it was issued. */
  readonly issuedOn: CivilDate;
  /** The day from which it counts as served. */
  readonly servedOn: CivilDate;
  /** Null where nobody took it. */
  readonly receiver: { readonly as: Receiver; readonly masked: string } | null;
  /** Who witnessed it, who was asked to serve it, why it could be served in no other way; empty where there is nothing to say. */
  readonly note: string;
  /** 送达回证, receipts, pictures. */
  readonly proof: readonly FileRef[];
}

/** A service in the file of a record: `seq` is the event that recorded it, `version` the record's at that time. */
export interface RecordedService extends Service {
  readonly seq: number;
  readonly version: number;
}

/** Of these there has to be said who took the document. Left in place or sent to a mailbox, nobody may have. */
export const needsReceiver: ReadonlySet<ServiceMeans> = new Set<ServiceMeans>(['direct', 'post', 'entrusted']);

/** Of these the circumstances have to be written down: 民事诉讼法 articles 89, 91, 95. */
export const needsNote: ReadonlySet<ServiceMeans> = new Set<ServiceMeans>(['left', 'entrusted', 'publicNotice']);

/**
 * The day from which a document counts as served. A public notice does so when the rule's term after its issue is over
 * (民事诉讼法 article 95: thirty days); the term is no time to act in and does not move from a day of rest. Every
 * other means does so on the day itself.
 * @throws NoRuleValid when the term has no row that day.
 */
export function dayOfService(means: ServiceMeans, issuedOn: CivilDate, rules: DomainRules, calendar: Calendar): CivilDate {
  if (means !== 'publicNotice') return issuedOn;
  const term = termOf(rules.on('record.public-notice', issuedOn));
  return term === null ? issuedOn : dueAfter(calendar, calendar.beginOf(dayNumber(issuedOn)), term.n, term.unit, { shift: false }).date;
}

/** Records that a decision made which is served on its subject: penalties and listings (国办发〔2025〕22号). */
const decided: ReadonlySet<RecordKind> = new Set<RecordKind>(['penalty', 'seriousList', 'abnormalOperation']);

/** Of a record's state: the services that hold; absent while there is none. */
interface Serving {
  readonly services?: readonly RecordedService[];
}

/** The service that holds of a document; undefined while it is not served. */
export const serviceOf = ({ services = [] }: Serving, document: ServedDocument): RecordedService | undefined =>
  services.find(({ documents }) => documents.includes(document));

/** Whether there is a repair notice of a record at all: what was never published needs none, and what a court listed is deleted by the court. */
export const hasNotice = ({ status, facts }: { readonly status: string; readonly facts: Pick<RecordFacts, 'kind'> }): boolean => status !== 'stored' && !isCourts(facts);

/**
 * Whether the subject has still to be told how the record may be repaired. What is not published needs no repair and
 * no such notice (Order 36: minor records are not published); what has gone from the public needs it no more.
 */
export function awaitsNotice(state: Serving & { readonly status: string; readonly facts: Pick<RecordFacts, 'kind'> }): boolean {
  return state.status === 'published' && decided.has(state.facts.kind) && serviceOf(state, 'repairNotice') === undefined;
}

/**
 * Until when both documents are to be served, by the rule of the day of the decision; null where it asks for none, as
 * before Order 36. What the rule keeps back and a person published later counts from that day.
 * @throws NoRuleValid when the day has no row.
 */
export function serviceDue(
  { facts, publicity, publishedAt }: { readonly facts: Pick<RecordFacts, 'decidedOn'>; readonly publicity: Pick<Publicity, 'shown'>; readonly publishedAt: Instant | null },
  rules: DomainRules,
  calendar: Calendar,
): Due | null {
  const term = termOf(rules.on('record.service', facts.decidedOn));
  if (term === null) return null;
  const from = publicity.shown || publishedAt === null ? facts.decidedOn : dateAt(calendar, Date.parse(publishedAt));
  return dueAfter(calendar, calendar.beginOf(dayNumber(from)), term.n, term.unit);
}

/** The services that hold after one more was recorded: it takes the place of the one that it corrects. */
export function servicesAfter(services: readonly RecordedService[], { service, corrects }: { service: Service | null; corrects: number | null }, at: { seq: number; version: number }): RecordedService[] {
  const others = services.filter(({ seq }) => seq !== corrects);
  return service === null ? others : [...others, { ...service, ...at }];
}

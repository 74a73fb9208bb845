import { dateOf, dayNumber } from '../calendar/index.ts';
import type { Actor, CivilDate, Instant } from '../casefile/types.ts';
import type { Passage } from '../masking/index.ts';
import type { Bars } from './bars.ts';
import type { RecordFacts } from './facts.ts';
import type { Publicity } from './publicity.ts';
import { servicesAfter, type RecordedService, type Service } from './service.ts';

/** Why a record carries a mark that everybody sees: it is disputed, and stays public while it is. */
export const recordMarks = ['objection', 'reconsideration', 'lawsuit'] as const;
export type RecordMark = (typeof recordMarks)[number];

/** What may hold back a public record for a time. */
export const recordHolds = ['stay', 'shield'] as const;
export type RecordHold = (typeof recordHolds)[number];

/** 文书: the order of a court or authority by which a record is held back, shown again, or gone for good. */
export interface OrderDocument {
  readonly no: string;
  readonly on: CivilDate;
}

/** Of a record that a case made: the case, and the record which that one is about. */
export interface RecordOrigin {
  readonly case: string;
  readonly record: string;
}

/**
 * What can happen to a record. Like a case it is the list of these and nothing else. `because` of a change that a
 * case brought about is that case's id.
 */
export type RecordHappening =
  | ({ type: 'record.stored'; facts: RecordFacts; publicity: Publicity; source: 'form' | 'spreadsheet' | 'api' | 'case'; origin?: RecordOrigin } & Bars)
  /** The same document again with other content: a new version, the one before is kept. */
  | ({ type: 'record.corrected'; facts: RecordFacts; publicity: Publicity; reason: string } & Bars)
  /** Two persons looked at what may be a person's in its texts: what is masked, and what stays. They go beside those of before. */
  | { type: 'record.looked'; passages: readonly Passage[]; reason: string }
  /** Found after it was stored: its subject was under age. Nobody reads it any more; the feed of changes does not say why. */
  | { type: 'record.withheld'; because: 'minor' }
  /**
   * `by: rule` where the rule publishes, `person` where two persons decided; `reason` of what the rule would keep back;
   * `publicity` where it counts from this day.
   */
  | { type: 'record.published'; by: 'rule' | 'person'; reason: string | null; until: CivilDate | null; publicity?: Publicity }
  /** `beside`: others of its kind stand already and stay; in files of before, a second one took the place of the first. */
  | { type: 'record.marked'; mark: RecordMark; because: string; beside?: true }
  | { type: 'record.unmarked'; mark: RecordMark; because: string; result: string }
  /** A stay of execution, or a court's approval of a reorganisation plan: not shown until it is lifted. */
  | { type: 'record.held'; hold: RecordHold; because: string; reason: string; document?: OrderDocument; beside?: true }
  /** `because` names the hold that is lifted; in files of before, when there was one at most, what lifted it. */
  | { type: 'record.unheld'; hold: RecordHold; because: string; reason: string; document?: OrderDocument }
  /** A unit applied a measure because of the record; it must learn when the record is gone. */
  | { type: 'record.used'; unit: string; measure: string; legalBasis: string }
  | { type: 'record.released'; unit: string; because: string }
  /** 送达 of the decision, the repair notice or both; `corrects` is the number of an entry that was wrong, null where nothing was served after all. */
  | { type: 'record.served'; service: Service | null; corrects: number | null; reason: string | null }
  /** The longest publicity is over; in files of before also: corrected so that the rule shows it no more. */
  | { type: 'record.ended' }
  /** Corrected so that the rule shows it no more: it is kept back, as if it had been stored so. */
  | { type: 'record.unpublished'; reason: string }
  /** It is over, and kept nevertheless by a rule of the domain, as duties are not performed. */
  | { type: 'record.kept'; rule: string }
  | { type: 'record.performed'; reason: string }
  | { type: 'record.repaired'; because: string }
  /** The repair was revoked: shown again for what was left of its term when it was repaired. */
  | { type: 'record.restored'; because: string; until: CivilDate | null }
  /** The reorganisation plan was executed: the shield that `because` names became final. */
  | { type: 'record.finalised'; because: string; reason: string; document?: OrderDocument }
  | { type: 'record.withdrawn'; because: string | null; reason: string }
  /** A published reason was at fault, and is another one from now on; the one before stays in the file alone. `of`: `ownReason`, the correction by case and number, or `whatOf` it. */
  | { type: 'record.reasonMended'; of: string; reason: string };

export interface RecordEvent {
  readonly seq: number;
  readonly at: Instant;
  readonly actor: Actor | null;
  readonly what: RecordHappening;
}

export type RecordStatus = 'stored' | 'published' | 'ended' | 'repaired' | 'finalised' | 'withdrawn';

/** The name of the reason for which a record is withdrawn, in `record.reasonMended`; that of a correction is `case:number`. */
export const ownReason = 'withdrawal';

/** The name of what a correction says was corrected, beside its reason. */
export const whatOf = (correction: string): string => `${correction}:text`;

/** What a reader is told: the status, or what lies over it. */
export type RecordStanding = RecordStatus | 'marked' | 'suspended' | 'shielded' | 'waiting' | 'withheld';

export interface RecordState {
  readonly id: string;
  seq: number;
  facts: RecordFacts;
  publicity: Publicity;
  /** Goes up with each correction. */
  version: number;
  status: RecordStatus;
  storedAt: Instant;
  publishedAt: Instant | null;
  /** Last day of publicity; null while it is not public, or until cured. */
  until: CivilDate | null;
  /** What set them, each by its own name, the earliest first; a kind that is not there has no member. */
  marks: Partial<Record<RecordMark, string[]>>;
  holds: Partial<Record<RecordHold, string[]>>;
  /** Units that applied a measure and were not released yet. */
  uses: Record<string, { measure: string; legalBasis: string; since: Instant }>;
  /** Services that hold, in the order in which they were recorded; absent while there is none. */
  services?: RecordedService[];
  /** Kept beyond the longest publicity by this rule. */
  keptBy: string | null;
  /** The case that ended its publicity, or took it back; the shield that became final. */
  because: string | null;
  /** Why it was withdrawn, or is final, as everybody reads it. */
  reason: string | null;
  /** Published reasons of corrections that were put right, by what they are the reasons of; absent while there is none. */
  mended?: Record<string, string>;
  changedAt: Instant;
  origin?: RecordOrigin;
  /** Its texts wait for a person's look; absent when they do not. */
  waits?: true;
  /** Its subject was under age; absent otherwise. */
  minor?: true;
  /** What persons decided on passages of its texts. */
  passages?: Passage[];
}

/**
 * The last day under corrected facts. Days that were given back when a repair was revoked are given back under them
 * too; one that was kept beyond its term is looked at anew, as the rule that kept it may be another one now.
 */
function correctedTerm({ until, publicity: before }: RecordState, { maxUntil }: Publicity): Pick<RecordState, 'until' | 'keptBy'> {
  if (maxUntil === null || until === null || before.maxUntil === null) return { until: maxUntil, keptBy: null };
  const givenBack = dayNumber(until) - dayNumber(before.maxUntil);
  return { until: dateOf(dayNumber(maxUntil) + givenBack), keptBy: null };
}

function bar(state: RecordState, { waits, minor }: Bars): void {
  if (waits) state.waits = true;
  else delete state.waits;
  if (minor) state.minor = true;
  else delete state.minor;
}

/** The first event of every record. */
export function storedRecord(id: string, { seq, at, what }: RecordEvent): RecordState {
  if (seq !== 1 || what.type !== 'record.stored') throw new Error(`record ${id}: its file does not begin with record.stored`);
  return {
    id,
    seq,
    facts: what.facts,
    publicity: what.publicity,
    version: 1,
    status: 'stored',
    storedAt: at,
    publishedAt: null,
    until: null,
    marks: {},
    holds: {},
    uses: {},
    keptBy: null,
    because: null,
    reason: null,
    changedAt: at,
    ...(what.origin === undefined ? {} : { origin: what.origin }),
    ...(what.waits ? { waits: true } : {}),
    ...(what.minor ? { minor: true } : {}),
  };
}

/** One more of its kind, or the only one. */
function set<K extends string>(all: Partial<Record<K, string[]>>, kind: K, because: string, beside: boolean): void {
  all[kind] = beside ? [...(all[kind] ?? []), because] : [because];
}

/** Takes the named one away, and with the last one its kind; a name that none has takes all, as in files of before. */
function lift<K extends string>(all: Partial<Record<K, string[]>>, kind: K, because: string): void {
  const others = all[kind]?.includes(because) === true ? all[kind].filter((one) => one !== because) : [];
  if (others.length > 0) all[kind] = others;
  else delete all[kind];
}

/**
 * Folds one event into the state, in place, and returns it; the same function serves recording, pages and `verify`.
 * @throws when the event does not follow the last one.
 */
export function applyToRecord(state: RecordState, event: RecordEvent): RecordState {
  if (event.seq !== state.seq + 1) throw new Error(`record ${state.id}: event ${event.seq} does not follow ${state.seq}`);
  const { what, at } = event;
  state.seq = event.seq;
  state.changedAt = at;
  switch (what.type) {
    case 'record.stored':
      throw new Error(`record ${state.id}: stored twice`);
    case 'record.corrected':
      if (state.status === 'published' || state.status === 'repaired') Object.assign(state, correctedTerm(state, what.publicity));
      Object.assign(state, { facts: what.facts, publicity: what.publicity, version: state.version + 1 });
      bar(state, what);
      break;
    case 'record.looked': {
      const decided = new Map([...(state.passages ?? []), ...what.passages].map((passage) => [passage.text, passage]));
      if (decided.size > 0) state.passages = [...decided.values()];
      delete state.waits;
      break;
    }
    case 'record.withheld':
      state.minor = true;
      break;
    case 'record.published':
      Object.assign(state, { status: 'published', publishedAt: at, until: what.until, ...(what.publicity ? { publicity: what.publicity } : {}) });
      break;
    case 'record.marked':
      set(state.marks, what.mark, what.because, what.beside ?? false);
      break;
    case 'record.unmarked':
      lift(state.marks, what.mark, what.because);
      break;
    case 'record.held':
      set(state.holds, what.hold, what.because, what.beside ?? false);
      break;
    case 'record.unheld':
      lift(state.holds, what.hold, what.because);
      break;
    case 'record.used':
      state.uses[what.unit] = { measure: what.measure, legalBasis: what.legalBasis, since: at };
      break;
    case 'record.released':
      delete state.uses[what.unit];
      break;
    case 'record.served': {
      const services = servicesAfter(state.services ?? [], what, { seq: event.seq, version: state.version });
      if (services.length > 0) state.services = services;
      else delete state.services;
      break;
    }
    case 'record.ended':
      state.status = 'ended';
      break;
    case 'record.unpublished':
      Object.assign(state, { status: 'stored', publishedAt: null, until: null, keptBy: null });
      break;
    case 'record.kept':
      Object.assign(state, { keptBy: what.rule, until: null });
      break;
    case 'record.performed':
      state.facts = { ...state.facts, performed: true };
      break;
    case 'record.repaired':
      Object.assign(state, { status: 'repaired', because: what.because });
      break;
    case 'record.restored':
      Object.assign(state, { status: 'published', because: what.because, until: what.until });
      break;
    case 'record.finalised':
    case 'record.withdrawn':
      Object.assign(state, { status: what.type === 'record.finalised' ? 'finalised' : 'withdrawn', because: what.because, reason: what.reason });
      break;
    case 'record.reasonMended':
      if (what.of === ownReason) state.reason = what.reason;
      else state.mended = { ...state.mended, [what.of]: what.reason };
      break;
  }
  return state;
}

export function foldRecord(id: string, events: readonly RecordEvent[]): RecordState {
  const [first, ...rest] = events;
  if (!first) throw new Error(`record ${id}: its file is empty`);
  return rest.reduce(applyToRecord, storedRecord(id, first));
}

/**
 * What a reader is told. A hold goes before a mark, as it hides what the mark would be on; what keeps a record from
 * everybody whatever else is decided goes before both.
 */
export function standingOf(state: Pick<RecordState, 'status' | 'holds' | 'marks' | 'waits' | 'minor' | 'publicity'>): RecordStanding {
  if (state.minor && (state.status === 'stored' || state.status === 'published')) return 'withheld';
  if (state.waits && (state.status === 'published' || (state.status === 'stored' && state.publicity.shown))) return 'waiting';
  if (state.status !== 'published') return state.status;
  if (state.holds.shield) return 'shielded';
  if (state.holds.stay) return 'suspended';
  return Object.keys(state.marks).length > 0 ? 'marked' : 'published';
}

/** Whether it is one that everybody sees until its last day: published, not held, looked at, and of nobody under age. */
export const isShown = ({ status, holds, waits, minor }: Pick<RecordState, 'status' | 'holds' | 'waits' | 'minor'>): boolean =>
  status === 'published' && Object.keys(holds).length === 0 && !waits && !minor;

/** Whether everybody sees it on `today`: its last day is not over either. */
export function isPublic(state: Pick<RecordState, 'status' | 'holds' | 'until' | 'waits' | 'minor'>, today: CivilDate): boolean {
  return isShown(state) && (state.until === null || today <= state.until);
}

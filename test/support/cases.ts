import { randomUUID } from 'node:crypto';
import { setImmediate } from 'node:timers/promises';
import type { Law } from '../../src/platform/law.ts';
import { nextRing } from '../../src/rules/casefile/clockwork.ts';
import { actorOf, type Act, type Acting, type Command } from '../../src/rules/casefile/commands.ts';
import { decide } from '../../src/rules/casefile/decide.ts';
import type { CaseEvent, Draft } from '../../src/rules/casefile/events.ts';
import { apply, blankCase } from '../../src/rules/casefile/fold.ts';
import type { NewCase } from '../../src/rules/casefile/ports.ts';
import { resolved } from '../../src/rules/casefile/resolve.ts';
import { papersOf } from '../../src/rules/casefile/papers.ts';
import type { Actor, CaseState, Form, Instant, Said, IssuedPaper } from '../../src/rules/casefile/types.ts';
import type { IncidentForms, IncidentOpening, Part } from '../../src/rules/incident/facts.ts';
import type { IncidentStage } from '../../src/rules/incident/process.ts';
import { CaseFile } from '../../workflows/case/file.ts';
import { codeCorrectionTitle, type CodeCorrectionForms, type CodeCorrectionOpening } from '../../src/rules/code-correction/facts.ts';
import { takedownTitle, type TakedownForms, type TakedownOpening } from '../../src/rules/takedown/facts.ts';
import { correctCode } from '../../workflows/code-correction.ts';
import { decideTakedown } from '../../workflows/takedown.ts';
import { repairCredit } from '../../workflows/credit-repair.ts';
import { handleIncident } from '../../workflows/incident.ts';
import { handleObjection } from '../../workflows/objection.ts';
import type { ReleaseForms, ReleaseOpening } from '../../src/rules/release/facts.ts';
import { tellUnits } from '../../workflows/release.ts';
import type { ObjectionForms, ObjectionOpening } from '../../src/rules/objection/facts.ts';
import { repairConditions, type RepairForms, type RepairOpening } from '../../src/rules/repair/facts.ts';
import { people } from './people.ts';

/** Facts of an incident: a firm's food, reported at the credit office. */
export function incidentFacts(change: Partial<IncidentOpening> = {}): IncidentOpening {
  return {
    field: 'commerce',
    area: 'foodHygiene',
    what: '市民反映某食品有限公司使用过期原料。',
    place: '宿豫区江山大道',
    region: 'suyu',
    occurredOn: '2026-01-01',
    subjects: [{ kind: 'organisation', uscc: '91321300MA1TE8T08T', name: '宿迁某食品有限公司' }],
    sourceUrl: null,
    channel: 'form',
    reporter: null,
    similar: [],
    offices: { creditOffice: 'xyb', legal: 'fz', publicity: 'zx' },
    ...change,
  };
}

export function newIncident(change: Partial<IncidentOpening> = {}, title = '宿迁某食品有限公司使用过期原料'): NewCase {
  return { kind: 'incident', title, opening: incidentFacts(change) as unknown as Form, files: [], actor: actorOf(people.handler), requestId: 'test' };
}

/** The account of an applicant on the portal: nobody of the house. */
export const applicant: Acting = { id: 'a9911c0f-5f6e-4a55-8a4f-0d4e2b1c7a10', name: '宿迁某食品有限公司', unit: 'applicant', roles: [] };

/** Another account that speaks for the same firm. */
export const secondApplicant: Acting = { ...applicant, id: 'c9911c0f-5f6e-4a55-8a4f-0d4e2b1c7a12', name: '宿迁某食品有限公司代理人' };

const recordFacts = {
  offices: { creditOffice: 'xyb' },
  unit: 'scjg',
  record: { id: '5d0c3f44-8d0b-4b9a-9a43-6a2b6f3c1e01', documentNo: '宿市监处罚〔2025〕12号', decidedOn: '2025-09-01' },
  subject: { kind: 'organisation', id: '2b9e5f6a-1c3d-4e5f-8a9b-0c1d2e3f4a5b', uscc: '91321300MA1TE8T08T', name: '宿迁某食品有限公司' },
  channel: 'portal',
  applicant: { account: applicant.id, masked: '宿迁某食品有限公司', agent: false },
  papers: [],
} as const;

/** What an application for repair is opened with: a firm whose fine of last September is paid. */
export function repairFacts(change: Partial<RepairOpening> = {}): RepairOpening {
  return { ...recordFacts, statement: '罚款已缴清，违法行为已改正。', repairableFrom: '2025-12-02', lawOf: '2025-09-01', otherLaw: null, ...change };
}

export function objectionFacts(change: Partial<ObjectionOpening> = {}): ObjectionOpening {
  return { ...recordFacts, ground: 'content', statement: '罚款金额有误。', ...change };
}

const byApplicant: Actor = { person: applicant.id, name: applicant.name, unit: applicant.unit };

export function newRepair(change: Partial<RepairOpening> = {}, actor: Actor = byApplicant): NewCase {
  return { kind: 'repair', title: '宿迁某食品有限公司申请信用修复', opening: repairFacts(change) as unknown as Form, files: [], actor, requestId: 'test' };
}

export function newObjection(change: Partial<ObjectionOpening> = {}, actor: Actor = byApplicant): NewCase {
  return { kind: 'objection', title: '宿迁某食品有限公司提出异议', opening: objectionFacts(change) as unknown as Form, files: [], actor, requestId: 'test' };
}

/** What a release order is opened with: the record of `recordFacts` is over, and these units used it. */
export function releaseFacts(users: readonly string[], change: Partial<ReleaseOpening> = {}): ReleaseOpening {
  const { offices, unit, record, subject } = recordFacts;
  const used = users.map((user) => ({ unit: user, measure: '列为重点监管对象', legalBasis: '信用条例第二十条', since: '2025-10-01T02:00:00.000Z' }));
  return { offices, unit, informed: [unit], record, subject, cause: 'ended', reason: null, at: '2026-01-04T16:00:00.000Z', used, ...change };
}

export function newRelease(users: readonly string[], change: Partial<ReleaseOpening> = {}): NewCase {
  return { kind: 'release', title: '宿迁某食品有限公司的失信信息公示期满', opening: releaseFacts(users, change) as unknown as Form, files: [], actor: null, requestId: null };
}

/** Two living firms with one code. */
export function newCodeCorrection(change: Partial<CodeCorrectionOpening> = {}): NewCase {
  const { offices, subject: { id, uscc, name } } = recordFacts;
  const holders = [{ id, name }, { id: '0d2f1c55-7e21-4c43-9c6b-4b8f1a6e2d03', name: '宿迁别家商贸有限公司' }];
  return { kind: 'codeCorrection', title: codeCorrectionTitle(uscc), opening: { offices, uscc, holders, ...change } as unknown as Form, files: [], actor: null, requestId: null };
}

/** A handler of the credit office took a record off. */
export function newTakedown(change: Partial<TakedownOpening> = {}): NewCase {
  const { offices, unit, record } = recordFacts;
  const opening: TakedownOpening = {
    offices, unit, informed: [unit], text: { kind: 'record', ref: record.id }, label: record.documentNo, href: `/records/${record.id}`, reason: '公开了当事人的住址。',
    by: { person: people.handler.id, name: people.handler.name, unit: offices.creditOffice }, at: '2026-01-05T02:00:00.000Z', decides: 'creditOfficeHead', ...change,
  };
  return { kind: 'takedown', title: takedownTitle(opening.text.kind, opening.label), opening: opening as unknown as Form, files: [], actor: null, requestId: null };
}

/** What somebody may fill in at each stage of a repair and of an objection. */
export const repairForms: { readonly [S in keyof RepairForms]: RepairForms[S] } = {
  accept: { reason: '', missing: [], unit: null, lawOf: null },
  supplement: { statement: '补充缴款凭证。', papers: [] },
  check: { conditions: repairConditions.map((condition) => ({ condition, met: true, papers: [], note: '' })), finding: '符合条件。', proposal: 'grant' },
  decide: { reason: '符合信用修复条件。' },
  release: { done: '已移出重点监管。' },
  'follow-up': { finding: '第三方已停止公示。', places: [] },
  revoke: {
    finding: '缴款凭证系伪造。',
    record: {
      falsehood: 'papers', documentNo: '宿市监撤修〔2026〕1号', legalBasis: '信用修复管理办法', act: '以伪造的缴款凭证取得信用修复。', decision: '撤销信用修复，恢复公示。', domain: 'quality',
    },
  },
  defence: { statement: '凭证由代办机构提供，我司不知情。', papers: [], who: '' },
  'revoke-decide': { reason: '申请材料不实。' },
  reapply: { measure: '列为重点监管对象', legalBasis: '信用条例第二十条', reason: '' },
};
export const objectionForms: { readonly [S in keyof ObjectionForms]: ObjectionForms[S] } = {
  screen: { reason: '需认定单位核对案卷。' },
  'screen-decide': { reason: '同意。' },
  verify: { finding: '经核对案卷，公示金额有误。' },
  decide: { reason: '同意。' },
  correct: { done: '罚款金额更正为 2000 元。', reason: '录入时多写了一个零。' },
  'acknowledge-correction': { done: '已按更正后的信息办理。' },
};

export const releaseForms: { readonly [S in keyof ReleaseForms]: ReleaseForms[S] } = {
  release: { done: '已移出重点监管。' },
  suspend: { done: '已暂停重点监管。' },
  resume: { done: '已核对，继续重点监管。' },
  note: { done: '' },
};

export const codeCorrectionForms: { readonly [S in keyof CodeCorrectionForms]: CodeCorrectionForms[S] } = {
  assign: { unit: 'scjg', note: '请核对登记档案。' },
  correct: { finding: '经核对登记档案，代码属于先登记的一家，另一家已赋新码。' },
};

const takedownForms: { readonly [S in keyof TakedownForms]: TakedownForms[S] } = { decide: { note: '住址应当遮蔽。' } };

/** The form of a task as somebody fills it in, by the kind of case. */
export function formOf(kind: CaseState['kind'], task: string): Form {
  const all: Readonly<Record<CaseState['kind'], object>> = { incident: forms, repair: repairForms, objection: objectionForms, release: releaseForms, codeCorrection: codeCorrectionForms, takedown: takedownForms };
  return (all[kind] as Record<string, Form>)[task.split(/[:#]/u)[0]!] ?? {};
}

const procedures: Readonly<Record<CaseState['kind'], (file: CaseFile) => Promise<void>>> = { incident: handleIncident, repair: repairCredit, objection: handleObjection, release: tellUnits, codeCorrection: correctCode, takedown: decideTakedown };

/** A command as the web makes it; the id as from a form rendered just now. */
export function command(by: Acting, act: Act, change: Partial<Command> = {}): Command {
  return { id: randomUUID(), by, act, seen: null, requestId: 'test', at: null, ...change };
}

export const complete = (task: string, outcome: string, form: Form = {}): Act => ({ type: 'complete', task, outcome, form });

export const part = (unit: string, change: Partial<Part> = {}): Part => ({ unit, measure: 'investigate', text: '查明事实', date: null, ...change });

/** What somebody may fill in at each stage; enough for every outcome of it. */
export const forms: { readonly [S in IncidentStage]: IncidentForms[S] } = {
  verify: { finding: '经核实，情况属实。' },
  grade: { base: 'large', level: 'large', recurrences: [], reason: '' },
  assign: { accountable: 'scjg', instruction: '请按分工办理。', parts: [part('scjg'), part('hbj', { measure: 'rectify' })] },
  acknowledge: { reason: '' },
  'first-report': { report: '已到场调查。' },
  handle: { result: '已查明并责令改正。' },
  statement: { url: 'https://www.suqian.example/notice/1', date: '2026-01-02', at: '2026-01-02T02:00:00.000Z', where: '市政府网站', text: '有关部门已介入。' },
  'statement-confirm': { comment: '同意。' },
  opinion: { facts: '使用过期原料属实。', basis: '食品安全法第一百二十四条', decision: '罚款', measures: '停产整改' },
  'legal-review': { comment: '同意。' },
  approve: { comment: '同意。' },
  disclose: { title: '关于某食品有限公司的处理意见', text: '责令停产整改。', basis: '政府信息公开条例第二十条', channel: 'creditPortal', months: 12, reason: '' },
  release: { comment: '同意公开。' },
  feedback: { url: 'https://www.suqian.example/notice/1', date: '2026-01-02', toReporter: '已依法处理。', toSuperior: '已报送。', told: '已依法处理。', otherwise: null },
  prevention: { measures: '每季度抽查', unit: 'scjg', date: '2026-01-20' },
  'prevention-check': { finding: '措施已落实。' },
  close: { summary: '已依法处置并公开。' },
};

/**
 * A case file in memory on which the real procedure runs: what the process and PostgreSQL do together, without
 * either. Time stands still unless `pass` moves it.
 */
export class MemoryCase extends CaseFile {
  readonly events: CaseEvent[] = [];
  /** Sequence numbers at which transactions ended. */
  readonly ends: number[] = [];
  law: Law;
  /** Units that use the record which the case is about. */
  users: readonly string[] = [];
  /** What its documents bear, with serials of the file's own; none as in files of before. */
  bears: { prefix: string; review: string | null; court: string | null } | null = null;
  #papers = 0;
  #now: number;
  #waiting: { met: (now: Instant) => boolean; resolve: () => void }[] = [];
  /** Set once the procedure has come to its end. */
  finished = false;

  constructor(law: Law, now: Instant, events: readonly CaseEvent[] = [], id = randomUUID() as string) {
    super(blankCase(id));
    this.law = law;
    this.#now = Date.parse(now);
    for (const event of events) {
      this.events.push(event);
      apply(this.state, event);
    }
    if (events.length > 0) this.ends.push(events.length);
  }

  get now(): Instant {
    return new Date(this.#now).toISOString();
  }

  /** Records the opening, as the process does when a new case comes in. */
  open({ kind, title, opening, files, actor }: NewCase): this {
    this.#record(this.state.id, actor, [{ type: 'case.opened', kind, definition: 1, title, opening, files }]);
    return this;
  }

  /** Starts the procedure and waits until it needs somebody. */
  async run(procedure: (file: CaseFile) => Promise<void> = procedures[this.state.kind]): Promise<this> {
    void procedure(this).then(() => (this.finished = true));
    await this.settled();
    return this;
  }

  /** Tries an act; the sentence it is refused with, or null. */
  async act(given: Command): Promise<Said | null> {
    const decision = decide(this.state, given, this.now);
    if ('refusal' in decision) return decision.refusal;
    this.#record(given.id, actorOf(given.by), decision.drafts);
    await this.settled();
    return null;
  }

  /** Completes an open task, which must be allowed. */
  async done(by: Acting, task: string, outcome: string, form: Form = formOf(this.state.kind, task)): Promise<void> {
    const refusal = await this.act(command(by, complete(task, outcome, form)));
    if (refusal) throw new Error(`${task} by ${by.name}: ${JSON.stringify(refusal)}`);
  }

  /** Lets time pass until `then`, with everything that it brings. */
  async pass(then: Instant): Promise<void> {
    for (let ring = nextRing(this.state); ring && ring.at <= then; ring = nextRing(this.state)) {
      this.#now = Math.max(this.#now, Date.parse(ring.at));
      this.#record(ring.key, null, [ring.draft]);
      await this.settled();
    }
    this.#now = Math.max(this.#now, Date.parse(then));
    await this.settled();
  }

  /** Another law is in force; open deadlines are computed again. */
  recompute(law: Law): void {
    this.law = law;
    const drafts = Object.values(this.state.tasks)
      .filter((task) => task.status === 'open' && task.deadline)
      .map((task): Draft => ({ type: 'deadline.recomputed', task: task.id }));
    this.#record(`recompute:${law.calendar.version}`, null, drafts);
  }

  async settled(): Promise<void> {
    for (;;) {
      const ready = this.#waiting.filter(({ met }) => met(this.now));
      this.#waiting = this.#waiting.filter((waiter) => !ready.includes(waiter));
      for (const { resolve } of ready) resolve();
      await setImmediate();
      if (ready.length === 0) return;
    }
  }

  protected override async append(key: string, drafts: Draft[]): Promise<void> {
    this.#record(key, null, drafts);
  }

  protected override async until(met: (now: Instant) => boolean): Promise<void> {
    if (!met(this.now)) await new Promise<void>((resolve) => this.#waiting.push({ met, resolve }));
  }

  #record(key: string, actor: Actor | null, drafts: readonly Draft[]): void {
    for (const draft of drafts) {
      const { bears } = this;
      const papers = bears === null ? [] : papersOf(this.state, draft).map(({ name }): IssuedPaper => {
        this.#papers += 1;
        return { name, number: `${bears.prefix}〔2026〕${this.#papers}号`, review: bears.review, court: bears.court };
      });
      const what = resolved(draft, this.state, this.now, { ...this.law, caseNo: 'XZ-2026-000001', units: this.users, papers });
      if (!what) continue;
      const event: CaseEvent = { seq: this.state.seq + 1, at: this.now, recordedAt: this.now, actor, command: actor ? key : null, what };
      // As the file gives it back: what JSON does not keep must not matter.
      const kept = JSON.parse(JSON.stringify(event)) as CaseEvent;
      this.events.push(kept);
      apply(this.state, kept);
    }
    this.ends.push(this.state.seq);
  }
}

/** Another kind of case with its procedure running; `users` are the units that use its record. */
export async function runningCase(law: Law, now: Instant, opening: NewCase, users: readonly string[] = []): Promise<MemoryCase> {
  const file = new MemoryCase(law, now);
  file.users = users;
  return file.open(opening).run();
}

/** A new incident with its procedure running, at the begin of the first working day of the test calendar. */
export async function runningIncident(law: Law, now: Instant, change: Partial<IncidentOpening> = {}): Promise<MemoryCase> {
  return new MemoryCase(law, now).open(newIncident(change)).run();
}

export const taskIds = (state: CaseState, status: 'open' | 'done' | 'cancelled' = 'open'): string[] =>
  Object.values(state.tasks).filter((task) => task.status === status).map(({ id }) => id);

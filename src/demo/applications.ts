import type { Knex } from 'knex';
import { dateAt, type Calendar } from '../rules/calendar/index.ts';
import { actorOf } from '../rules/casefile/commands.ts';
import type { CaseActivities } from '../rules/casefile/ports.ts';
import type { CaseKind, CaseState, FileRef, Form, Instant, TaskState } from '../rules/casefile/types.ts';
import type { ObjectionForms, ObjectionGround, ObjectionJoin, ObjectionOpening } from '../rules/objection/facts.ts';
import type { RecordDomain } from '../rules/records/facts.ts';
import type { RecordState } from '../rules/records/file.ts';
import { repairConditions, type FalsePapers, type Paper, type RepairForms, type RepairOpening } from '../rules/repair/facts.ts';
import { firstDayOf } from '../rules/repair/law.ts';
import type { ChainSettings } from '../platform/chain.ts';
import type { Law } from '../platform/law.ts';
import { changeRecords } from '../platform/records/append.ts';
import type { Seal } from '../platform/seal.ts';
import type { Storage } from '../platform/storage.ts';
import { repairCredit } from '../../workflows/credit-repair.ts';
import { handleObjection } from '../../workflows/objection.ts';
import type { CaseFile } from '../../workflows/case/file.ts';
import type { Cast } from './cast.ts';
import { demoId } from './ids.ts';
import { paperOf } from './papers.ts';
import { workdaysAgo } from './past.ts';
import { penaltyPlots } from './penalties.ts';
import { ScriptedCase, type Beside, type Script } from './scripted-case.ts';

/** Where an application or objection of the demo city stands, how many of them, and how many are late. */
interface Standing {
  readonly at: string;
  readonly cases: number;
  readonly late?: number;
  /** Working days since it came in. */
  readonly days: number;
  /** Of a record because of which a unit applied a measure. */
  readonly used?: true;
  /** Another one objected on the same facts. */
  readonly joined?: true;
}

const repairs: readonly Standing[] = [
  { at: 'accept', cases: 6, late: 1, days: 1 },
  { at: 'supplement', cases: 3, days: 3 },
  { at: 'check', cases: 6, late: 1, days: 4 },
  { at: 'decide', cases: 4, late: 1, days: 7 },
  { at: 'release', cases: 4, late: 1, days: 10, used: true },
  { at: 'follow-up', cases: 3, days: 12, used: true },
  { at: 'granted', cases: 8, days: 25 },
  { at: 'revoked', cases: 1, days: 30, used: true },
  { at: 'refused', cases: 3, days: 20 },
  { at: 'notAccepted', cases: 2, days: 8 },
];

const objections: readonly Standing[] = [
  { at: 'screen', cases: 3, days: 1 },
  { at: 'verify', cases: 3, late: 1, days: 3 },
  { at: 'verify', cases: 1, days: 3, joined: true },
  { at: 'decide', cases: 2, days: 6 },
  { at: 'correct', cases: 1, days: 8 },
  { at: 'acknowledge-correction', cases: 1, days: 10, used: true },
  { at: 'rejected', cases: 2, days: 15 },
  { at: 'upheldRemove', cases: 1, days: 15 },
  { at: 'upheldCorrect', cases: 1, days: 15 },
];

const workdaysLate = 12;
/** Older than any application of the demo city, in calendar days: so it was repairable when it was asked for. */
const longAgo = 60;

interface Story {
  readonly number: number;
  readonly kind: Extract<CaseKind, 'repair' | 'objection'>;
  readonly standing: Standing;
  readonly late: boolean;
}

function stories(kind: Story['kind'], standings: readonly Standing[]): Story[] {
  return standings
    .flatMap((standing) => Array.from({ length: standing.cases }, (_, n) => ({ standing, late: n < (standing.late ?? 0) })))
    .map((story, n) => ({ ...story, kind, number: n + 1 }));
}

const caseIdOf = ({ kind, number }: Story): string => demoId(`${kind} ${number}`);
const joinIdOf = ({ kind, number }: Story): string => demoId(`${kind} ${number} joined`);

export interface DemoApplications {
  readonly knex: Knex;
  readonly activities: Pick<CaseActivities, 'record'>;
  readonly cast: Cast;
  readonly law: Law;
  readonly seal: Seal;
  readonly storage: Storage;
  readonly chain: ChainSettings;
  readonly now: number;
  progress(written: number, total: number): void;
}

/** A record that is public now and may be repaired, about which there is no case yet; with a unit to be told, if asked for. */
async function recordFor({ knex }: DemoApplications, used: boolean): Promise<RecordState> {
  const found: { state: RecordState } | undefined = await knex('record as r')
    .where({ 'r.standing': 'published', 'r.performed': true, 'r.public': true, 'r.frozen': false })
    .whereRaw('r.repairable_from < current_date - ?::int', [longAgo])
    .whereRaw('r.decided_on < current_date - ?::int', [longAgo])
    .whereRaw(`${used ? '' : 'not '}exists (select 1 from record_use u where u.record_id = r.id)`)
    .whereRaw('not exists (select 1 from repair c where c.record_id = r.id) and not exists (select 1 from objection c where c.record_id = r.id)')
    .orderBy('r.decided_on', 'desc').orderBy('r.id')
    .first('r.state');
  if (!found) throw new Error('the demo city has no record left to apply for');
  return found.state;
}

async function papersFor({ storage }: DemoApplications, { facts }: RecordState): Promise<{ papers: Paper[]; files: FileRef[] }> {
  const { subject, documentNo, domain, unit } = facts;
  const name = subject.kind === 'organisation' ? subject.name : subject.masked;
  const proof = penaltyPlots.find((plot) => plot.domain === domain && plot.unit === unit)?.proof ?? '义务履行证明';
  const files = [
    await paperOf(storage, '义务履行证明.txt', `演示材料\n\n${name}已履行${documentNo}确定的义务。\n附：${proof}。\n`),
    await paperOf(storage, '信用修复承诺书.txt', `演示材料\n\n${name}承诺：所提交的材料真实、合法、有效；如有违反，愿意承担相应责任。\n`),
  ];
  return { files, papers: [{ kind: 'proof', hash: files[0]!.hash }, { kind: 'commitment', hash: files[1]!.hash }] };
}

const nameOf = ({ facts: { subject } }: RecordState): string => (subject.kind === 'organisation' ? subject.name : subject.masked);

/** What both openings have in common. */
function common(record: RecordState, papers: readonly Paper[]) {
  const { facts } = record;
  return {
    offices: { creditOffice: 'xyb' },
    unit: facts.unit,
    record: { id: record.id, documentNo: facts.documentNo, decidedOn: facts.decidedOn },
    subject: facts.subject,
    channel: 'window' as const,
    applicant: { account: null, masked: '企业联系人 c***@firm.example', agent: false, identity: { proof: 'representativeId' as const, seen: '2034' } },
    papers,
  };
}

function repairOpening(record: RecordState, papers: readonly Paper[], { law, at }: { law: Law; at: number }): RepairOpening {
  return {
    ...common(record, papers),
    statement: '已全部履行处理决定确定的义务，违法行为已改正，并建立了内部检查制度。',
    ...firstDayOf(record.facts, record.publicity, law.rules, law.calendar, dateAt(law.calendar, at)),
  };
}

const grounds: readonly ObjectionGround[] = ['content', 'term', 'result', 'wrongSubject', 'duplicate', 'notPublic'];

function repairScript(story: Story, opening: RepairOpening, { facts: { domain } }: RecordState, cast: Cast): Script {
  const { at } = story.standing;
  const paper = opening.papers[0]!.hash;
  return (task, file) => {
    // One of them was looked at already, and a place still showed it.
    const looksAgain = at === 'follow-up' && story.number % 3 === 0 && task.round === 1;
    if (task.stage === at && !looksAgain) return null;
    const move = <S extends keyof RepairForms>(_stage: S, outcome: string, form: RepairForms[S], hours: number) =>
      ({ by: cast.find(task.audience.unit, task.audience.role), outcome, form: form as unknown as Form, hours });
    const refused = at === 'refused';
    switch (task.stage as keyof RepairForms) {
      case 'accept':
        if (at === 'notAccepted') return move('accept', 'refused', { reason: '罚款尚未缴清，不符合修复条件。缴清后可再次申请。', missing: [], unit: null, lawOf: null }, 12);
        if (at === 'supplement' && !(`supplement#1` in file.state.tasks)) {
          return move('accept', 'supplement', { reason: '材料不齐。', missing: ['加盖公章的信用修复承诺书', '罚没款缴款凭证'], unit: null, lawOf: null }, 8);
        }
        return move('accept', 'accepted', { reason: '', missing: [], unit: null, lawOf: opening.otherLaw?.lawOf ?? null }, 8);
      case 'supplement':
        return move('supplement', 'supplied', { statement: '补正材料已交。', papers: [] }, 20);
      case 'check':
        return move(
          'check',
          'checked',
          {
            conditions: repairConditions.map((condition) => ({ condition, met: !(refused && condition === 'corrected'), papers: condition === 'minimumOver' ? [] : [paper], note: '' })),
            finding: refused ? '现场复查发现违法行为仍在继续。' : '经查，最短公示期已满，义务已全部履行，承诺书已公开。',
            proposal: refused ? 'refuse' : 'grant',
          },
          30,
        );
      case 'decide':
        return move('decide', refused ? 'refused' : 'granted', { reason: refused ? '违法行为尚未改正，不符合修复条件。改正后可再次申请。' : '符合修复条件，同意修复。' }, 12);
      case 'release':
        return move('release', 'released', { done: '已解除措施，系统内标注同步更新。' }, 20);
      case 'follow-up':
        if (looksAgain) return move('follow-up', 'stillShown', { finding: '抽查三家第三方平台，一家仍在显示，已去函要求停止。', places: [{ name: '某企业信息查询平台', gone: false }] }, 40);
        return move('follow-up', 'gone', { finding: '抽查三家第三方平台，均已不再显示。', places: [] }, 40);
      case 'revoke':
        return move('revoke', 'proposed', { finding: '缴款凭证的流水号不存在，系伪造。', record: falsePapers(opening, file.state, domain) }, 20);
      case 'defence':
        return move('defence', 'stated', { statement: '凭证由代办机构提供，本单位未核对流水号，愿意补缴罚款。', papers: [], who: '法定代表人身份证，尾号 2034' }, 20);
      case 'revoke-decide':
        return move('revoke-decide', 'revoked', { reason: '申请人以伪造的缴款凭证取得修复，依法撤销，恢复公示，虚假情形记入新的失信信息。' }, 12);
      case 'reapply':
        return move('reapply', 'applied', { measure: '列为重点监管对象', legalBasis: '《江苏省社会信用条例》有关失信约束的规定', reason: '' }, 12);
      default:
        return null;
    }
  };
}

/** The record that the revocation makes, as the deciding unit proposes it. */
function falsePapers({ record }: RepairOpening, { id, openedAt }: CaseState, domain: RecordDomain): FalsePapers {
  return {
    falsehood: 'papers', documentNo: `撤修〔${openedAt.slice(0, 4)}〕${1 + (Number.parseInt(id.slice(0, 4), 16) % 300)}号`, legalBasis: '《信用修复管理办法》（国家发展改革委令第36号）',
    act: `以伪造的缴款凭证取得${record.documentNo}所涉失信信息的信用修复。`, decision: '撤销信用修复，恢复公示。', domain,
  };
}

/** A bank says that the receipt was forged: the supervisors have the case looked at again. */
function besideRepair({ standing: { at } }: Story, cast: Cast): Beside {
  return ({ state }) => {
    const isDue = at === 'revoked' && state.closings.at(-1)?.reopened === null && state.closings.length === 1;
    return isDue ? { by: cast.find('xyb', 'supervisor'), act: { type: 'reopen', reason: '银行复函：缴款凭证的流水号不存在。' }, hours: 24 } : null;
  };
}

/** Another one comes to the window with the same objection. */
function besideObjection(story: Story, opening: ObjectionOpening, cast: Cast): Beside {
  return ({ state }) => {
    if (!story.standing.joined || state.joined !== undefined || state.tasks['verify#1'] === undefined) return null;
    const form: ObjectionJoin = {
      channel: 'window', applicant: { account: null, masked: '企业股东 王* w***@firm.example', agent: false }, statement: '决定书上的金额与公示的不一致，请一并核对。', papers: [],
    };
    return { by: cast.find(opening.unit, 'handler'), act: { type: 'join', form: form as unknown as Form, files: [] }, hours: 6, id: joinIdOf(story) };
  };
}

/** Corrects what the decision of the demo city left out; the same in the record and in what everybody is told. */
async function correctRecord({ knex, law, chain, cast, now }: DemoApplications, { id, facts, publicity }: RecordState, at: Instant): Promise<void> {
  const draft = { type: 'record.corrected', facts: { ...facts, act: corrected(facts.act) }, publicity, reason: '异议成立，按决定书更正。' } as const;
  const writing = { law, chain, at, recordedAt: new Date(now).toISOString(), actor: actorOf(cast.find(facts.unit, 'handler')), requestId: null };
  await knex.transaction((trx) => changeRecords(trx, { ...writing, key: 'demo-corrected', changes: [{ record: id, draft }] }));
}

const corrected = (act: string): string => `${act.replace(/。$/u, '')}，涉及一个批次。`;

function objectionScript(story: Story, record: RecordState, all: DemoApplications): Script {
  const { cast } = all;
  const { at } = story.standing;
  const outcome = at === 'upheldRemove' || at === 'rejected' ? at : 'upheldCorrect';
  const finding = {
    rejected: '经核对决定书原件，公示内容与决定一致，异议不成立。',
    upheldRemove: '经核对，该决定与本主体无关，系代码录入错误，应当撤下。',
    upheldCorrect: '经核对，公示的违法事实与决定书不一致，应当更正。',
  }[outcome];
  return (task: TaskState, _file: CaseFile) => {
    if (task.stage === at) return null;
    const move = <S extends keyof ObjectionForms>(_stage: S, result: string, form: ObjectionForms[S], hours: number) =>
      ({ by: cast.find(task.audience.unit, task.audience.role), outcome: result, form: form as unknown as Form, hours });
    switch (task.stage as keyof ObjectionForms) {
      case 'screen':
        return move('screen', 'forwarded', { reason: '需由作出决定的单位核对原件。' }, 5);
      case 'verify':
        return move('verify', outcome, { finding }, 24);
      case 'decide':
        return move('decide', 'agreed', { reason: '' }, 8);
      case 'correct':
        return {
          ...move('correct', 'corrected', { done: `违法事实由“${record.facts.act}”更正为“${corrected(record.facts.act)}”。`, reason: '录入时漏写涉及的批次数量。' }, 12),
          before: (instant) => correctRecord(all, record, instant),
        };
      case 'acknowledge-correction':
        return move('acknowledge-correction', 'acknowledged', { done: '已按更正后的信息更新。' }, 12);
      default:
        return null;
    }
  };
}

async function write(story: Story, all: DemoApplications): Promise<void> {
  const { activities, cast, law, seal, knex, now } = all;
  const { calendar }: { calendar: Calendar } = law;
  const { standing: { days, used = false }, late } = story;
  const at = workdaysAgo(calendar, now, days + (late ? workdaysLate : 0), story.number);
  const record = await recordFor(all, used);
  const { papers, files } = await papersFor(all, record);
  const id = caseIdOf(story);
  await seal.reporter(knex, id, { name: '企业联系人', mail: `contact${story.number}@firm.example` });
  const file = (script: Script, beside: Beside): ScriptedCase =>
    new ScriptedCase({ id, activities, calendar, script, beside, begins: new Date(at).toISOString(), ends: new Date(now).toISOString() });
  const actor = actorOf(cast.find(record.facts.unit, 'handler'));
  if (story.kind === 'repair') {
    const opening = repairOpening(record, papers, { law, at });
    await file(repairScript(story, opening, record, cast), besideRepair(story, cast)).play('repair', { title: `${nameOf(record)}申请信用修复`, opening: opening as unknown as Form, actor, files }, repairCredit);
    return;
  }
  const opening: ObjectionOpening = { ...common(record, papers), ground: grounds[story.number % grounds.length]!, statement: '公示的信息与决定书不一致，请核对后更正。' };
  if (story.standing.joined) await seal.reporter(knex, joinIdOf(story), { name: '企业股东', mail: `partner${story.number}@firm.example` });
  await file(objectionScript(story, record, all), besideObjection(story, opening, cast)).play('objection', { title: `${nameOf(record)}对失信信息提出异议`, opening: opening as unknown as Form, actor, files }, handleObjection);
}

/** Writes applications for repair and objections over the past weeks; those that are there are left as they are. */
export async function seedApplications(all: DemoApplications): Promise<void> {
  const known = new Set<string>(await all.knex('case_file').pluck('id'));
  const missing = [...stories('repair', repairs), ...stories('objection', objections)].filter((story) => !known.has(caseIdOf(story)));
  for (const [n, story] of missing.entries()) {
    await write(story, all);
    all.progress(n + 1, missing.length);
  }
}

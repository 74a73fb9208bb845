import type { Knex } from 'knex';
import { dateAt, type Calendar } from '../rules/calendar/index.ts';
import { actorOf } from '../rules/casefile/commands.ts';
import type { CaseActivities } from '../rules/casefile/ports.ts';
import type { CaseKind, FileRef, Form, TaskState } from '../rules/casefile/types.ts';
import type { ObjectionForms, ObjectionGround, ObjectionOpening } from '../rules/objection/facts.ts';
import type { RecordState } from '../rules/records/file.ts';
import { publicityOf } from '../rules/records/publicity.ts';
import { repairConditions, type Paper, type RepairForms, type RepairOpening } from '../rules/repair/facts.ts';
import { numberOf } from '../rules/limits/index.ts';
import type { Law } from '../platform/law.ts';
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
import { ScriptedCase, type Script } from './scripted-case.ts';

/** Where an application or objection of the demo city stands, how many of them, and how many are late. */
interface Standing {
  readonly at: string;
  readonly cases: number;
  readonly late?: number;
  /** Working days since it came in. */
  readonly days: number;
  /** Of a record because of which a unit applied a measure. */
  readonly used?: true;
}

const repairs: readonly Standing[] = [
  { at: 'accept', cases: 6, late: 1, days: 1 },
  { at: 'supplement', cases: 3, days: 3 },
  { at: 'check', cases: 6, late: 1, days: 4 },
  { at: 'decide', cases: 4, late: 1, days: 7 },
  { at: 'release', cases: 4, late: 1, days: 10, used: true },
  { at: 'follow-up', cases: 3, days: 12, used: true },
  { at: 'granted', cases: 9, days: 25 },
  { at: 'refused', cases: 3, days: 20 },
  { at: 'notAccepted', cases: 2, days: 8 },
];

const objections: readonly Standing[] = [
  { at: 'screen', cases: 3, days: 1 },
  { at: 'verify', cases: 4, late: 1, days: 3 },
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

export interface DemoApplications {
  readonly knex: Knex;
  readonly activities: Pick<CaseActivities, 'record'>;
  readonly cast: Cast;
  readonly law: Law;
  readonly seal: Seal;
  readonly storage: Storage;
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
    applicant: { account: null, masked: '企业联系人 c***@firm.example', agent: false },
    papers,
  };
}

function repairOpening(record: RecordState, papers: readonly Paper[], { law, at }: { law: Law; at: number }): RepairOpening {
  const { facts, publicity } = record;
  const today = dateAt(law.calendar, at);
  const later = publicityOf(facts, law.rules, law.calendar, today);
  const undecided = numberOf(law.rules.on('repair.transition', today)) === 3 && later.repairableFrom !== publicity.repairableFrom;
  return {
    ...common(record, papers),
    statement: '已全部履行处理决定确定的义务，违法行为已改正，并建立了内部检查制度。',
    repairableFrom: publicity.repairableFrom,
    lawOf: publicity.lawOf,
    otherLaw: undecided ? { repairableFrom: later.repairableFrom, lawOf: later.lawOf } : null,
  };
}

const grounds: readonly ObjectionGround[] = ['content', 'term', 'result', 'wrongSubject', 'duplicate', 'notPublic'];

function repairScript(story: Story, opening: RepairOpening, cast: Cast): Script {
  const { at } = story.standing;
  const paper = opening.papers[0]!.hash;
  return (task, file) => {
    if (task.stage === at) return null;
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
        return move('follow-up', 'gone', { finding: '抽查三家第三方平台，均已不再显示。' }, 40);
      default:
        return null;
    }
  };
}

function objectionScript(story: Story, cast: Cast): Script {
  const { at } = story.standing;
  const outcome = at === 'upheldRemove' || at === 'rejected' ? at : 'upheldCorrect';
  const finding = {
    rejected: '经核对决定书原件，公示内容与决定一致，异议不成立。',
    upheldRemove: '经核对，该决定与本主体无关，系代码录入错误，应当撤下。',
    upheldCorrect: '经核对，公示的罚款金额与决定书不一致，应当更正。',
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
        return move('correct', 'corrected', { done: '已按决定书更正罚款金额。' }, 12);
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
  const file = (script: Script): ScriptedCase =>
    new ScriptedCase({ id, activities, calendar, script, begins: new Date(at).toISOString(), ends: new Date(now).toISOString() });
  const actor = actorOf(cast.find(record.facts.unit, 'handler'));
  if (story.kind === 'repair') {
    const opening = repairOpening(record, papers, { law, at });
    await file(repairScript(story, opening, cast)).play('repair', { title: `${nameOf(record)}申请信用修复`, opening: opening as unknown as Form, actor, files }, repairCredit);
    return;
  }
  const opening: ObjectionOpening = { ...common(record, papers), ground: grounds[story.number % grounds.length]!, statement: '公示的信息与决定书不一致，请核对后更正。' };
  await file(objectionScript(story, cast)).play('objection', { title: `${nameOf(record)}对失信信息提出异议`, opening: opening as unknown as Form, actor, files }, handleObjection);
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

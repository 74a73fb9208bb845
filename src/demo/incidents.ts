import { dateAt, dateOf, type Calendar } from '../rules/calendar/index.ts';
import { actorOf } from '../rules/casefile/commands.ts';
import type { CaseActivities } from '../rules/casefile/ports.ts';
import type { Form, TaskState } from '../rules/casefile/types.ts';
import type { IncidentForms, IncidentOpening, Part } from '../rules/incident/facts.ts';
import type { IncidentStage } from '../rules/incident/process.ts';
import { handleIncident } from '../../workflows/incident.ts';
import type { Cast } from './cast.ts';
import { madeUpUscc, sequence } from './firms.ts';
import { demoId } from './ids.ts';
import { workdaysAgo } from './past.ts';
import { firmNames, places, plots, type Plot } from './plots.ts';
import { ScriptedCase, type Move, type Script } from './scripted-case.ts';

/** Where a case of the demo city stands: at an open task of a stage, or closed in one of the ways. */
type Standing = IncidentStage | 'closed' | 'unfounded';

/** How many cases stand where, and how many of them are late. */
const standings: readonly { at: Standing; cases: number; late: number }[] = [
  { at: 'verify', cases: 5, late: 1 },
  { at: 'grade', cases: 4, late: 1 },
  { at: 'assign', cases: 4, late: 1 },
  { at: 'acknowledge', cases: 5, late: 2 },
  { at: 'handle', cases: 9, late: 3 },
  { at: 'opinion', cases: 4, late: 1 },
  { at: 'legal-review', cases: 3, late: 1 },
  { at: 'approve', cases: 4, late: 1 },
  { at: 'disclose', cases: 3, late: 0 },
  { at: 'release', cases: 3, late: 1 },
  { at: 'feedback', cases: 3, late: 0 },
  { at: 'prevention', cases: 2, late: 0 },
  { at: 'prevention-check', cases: 2, late: 0 },
  { at: 'close', cases: 1, late: 0 },
  { at: 'closed', cases: 6, late: 0 },
  { at: 'unfounded', cases: 3, late: 0 },
];

/** Working days from the report to the opening of a stage, as the scripts below take their time. */
const daysInto: Record<Standing, number> = {
  verify: 0, grade: 1, assign: 1, acknowledge: 2, 'first-report': 2, handle: 2, statement: 1, 'statement-confirm': 1, opinion: 7, 'legal-review': 9, approve: 10,
  disclose: 11, release: 12, feedback: 13, prevention: 14, 'prevention-check': 17, close: 23, closed: 26, unfounded: 3,
};

interface Story {
  number: number;
  plot: Plot;
  at: Standing;
  late: boolean;
  firm: string;
  uscc: string;
  place: { region: string; name: string };
}

function stories(): Story[] {
  const random = sequence(2018_05_16);
  const list: Story[] = [];
  for (const { at, cases, late } of standings) {
    for (let n = 0; n < cases; n += 1) {
      const number = list.length + 1;
      const plot = plots[number % plots.length]!;
      list.push({
        number,
        plot,
        at,
        late: n < late,
        firm: firmNames[Math.floor(random() * firmNames.length)]! + plot.trade,
        uscc: madeUpUscc(random),
        place: places[Math.floor(random() * places.length)]!,
      });
    }
  }
  return list;
}

const caseIdOf = (story: Story): string => demoId(`incident ${story.number}`);

const filled = (text: string, story: Story): string => text.replaceAll('{firm}', story.firm).replaceAll('{place}', story.place.name);

/** When a case was reported, so that by its script it stands today where it is to stand. */
const reportedAt = (story: Story, calendar: Calendar, now: number): number =>
  workdaysAgo(calendar, now, daysInto[story.at] + (story.late ? 12 : 0), story.number);

function openingFacts(story: Story, calendar: Calendar, at: number): IncidentOpening {
  const { plot, place, firm, uscc } = story;
  return {
    field: plot.field,
    area: plot.area,
    what: filled(plot.what, story),
    place: place.name,
    region: place.region,
    occurredOn: dateOf(calendar.dayAt(at) - 1 - (story.number % 4)),
    subjects: [{ kind: 'organisation', uscc, name: firm }],
    sourceUrl: story.number % 3 === 0 ? `https://news.example/suqian/${story.number}` : null,
    channel: 'takenOver',
    reporter: null,
    similar: [],
    offices: { creditOffice: 'xyb', legal: 'fz', publicity: 'zx' },
  };
}

function script(story: Story, cast: Cast, calendar: Calendar, publicUrl: string): Script {
  const { plot } = story;
  const move = <S extends IncidentStage>(task: TaskState, outcome: string, form: IncidentForms[S], hours: number): Move => ({
    by: cast.find(task.audience.unit, task.audience.role),
    outcome,
    form: form as unknown as Form,
    hours,
  });
  const parts: Part[] = [plot.lead, ...plot.helpers].map((unit, n) => ({
    unit,
    measure: plot.measures[n % plot.measures.length]!,
    text: n === 0 ? '查明事实，依法处置，并汇总各单位办理情况。' : '配合调查，提供本单位掌握的许可、检查和投诉情况。',
    date: null,
  }));
  return (task, file) => {
    if (task.stage === story.at) return null;
    const stage = task.stage as IncidentStage;
    switch (stage) {
      case 'verify':
        return story.at === 'unfounded'
          ? move<'verify'>(task, 'unfounded', { finding: '经现场核查和调取资料，反映的情况与事实不符，已向反映人说明。' }, 20)
          : move<'verify'>(task, 'founded', { finding: filled(plot.finding, story) }, 5);
      case 'grade':
        return move<'grade'>(task, 'graded', { base: plot.level, level: plot.level, recurrences: [], reason: '按影响范围、涉及人数和传播情况定级。' }, 3);
      case 'assign':
        return move<'assign'>(task, 'assigned', { accountable: plot.lead, instruction: '请按分工办理，首次情况 3 个工作日内报市信用办。', parts }, 6);
      case 'acknowledge':
        return move<'acknowledge'>(task, 'acknowledged', { reason: '' }, 4);
      case 'first-report':
        return move<'first-report'>(task, 'reported', { report: `已成立工作组赴${story.place.name}调查，涉事单位负责人已到场配合。` }, 24);
      case 'handle':
        return move<'handle'>(task, 'handled', { result: filled(plot.finding, story) }, 90);
      case 'statement':
        return move<'statement'>(
          task,
          'published',
          { url: `https://www.suqian.example/notice/${story.number}`, date: dateAt(calendar, Date.parse(task.openedAt)), at: task.openedAt, where: '市政府网站', text: '有关部门已介入调查，结果将及时公布。' },
          2,
        );
      case 'statement-confirm':
        return move<'statement-confirm'>(task, 'confirmed', { comment: '同意。' }, 2);
      case 'opinion':
        return move<'opinion'>(
          task,
          'drafted',
          {
            facts: filled(plot.finding, story),
            basis: '《中华人民共和国行政处罚法》和本领域有关规定。',
            decision: filled(plot.decision, story),
            measures: filled(plot.prevention, story),
          },
          40,
        );
      case 'legal-review':
        return move<'legal-review'>(task, 'agreed', { comment: '事实清楚，依据适用正确，程序合法。' }, 20);
      case 'approve':
        return move<'approve'>(task, 'approved', { comment: '同意。' }, 10);
      case 'disclose':
        return move<'disclose'>(
          task,
          'proposed',
          {
            title: `关于${filled(plot.title, story)}的处理意见`,
            text: `${filled(plot.finding, story)}\n${filled(plot.decision, story)}\n${filled(plot.prevention, story)}`,
            basis: '《中华人民共和国政府信息公开条例》第十九条、第二十条',
            channel: 'creditPortal',
            months: 12,
            reason: '',
          },
          20,
        );
      case 'release':
        return move<'release'>(task, 'released', { comment: '内容已核对，同意公开。' }, 8);
      case 'feedback': {
        const statement = file.state.tasks['statement#1'];
        const url = (statement?.form['url'] as string | undefined) ?? `${publicUrl}/public/opinions/${file.state.caseNo}-P1`;
        return move<'feedback'>(
          task,
          'fedBack',
          { url, date: dateAt(calendar, Date.parse(task.openedAt)), toReporter: '您反映的问题已依法处理，处理意见已公开。', told: '您反映的问题已依法处理，处理意见已公开。', toSuperior: '处置情况和公开链接已报送。' },
          20,
        );
      }
      case 'prevention':
        return move<'prevention'>(task, 'planned', { measures: filled(plot.prevention, story), unit: plot.lead, date: dateOf(calendar.dayAt(Date.parse(task.openedAt)) + 7) }, 40);
      case 'prevention-check':
        return move<'prevention-check'>(task, 'effective', { finding: '措施已落实，抽查未发现同类问题。' }, 60);
      case 'close':
        return move<'close'>(task, 'closed', { summary: `${filled(plot.title, story)}已依法处置并公开，防范措施已落实。` }, 10);
    }
  };
}

export interface DemoIncidents {
  activities: Pick<CaseActivities, 'record'>;
  cast: Cast;
  calendar: Calendar;
  publicUrl: string;
  /** Unix milliseconds. */
  now: number;
  /** Whether the case is there already. */
  has(caseId: string): boolean;
  /** Told after each case that was written now. */
  progress(written: number, total: number): void;
}

/** Writes the case files of about sixty incidents over the past weeks; those that are there are left as they are. */
export async function seedIncidents({ activities, cast, calendar, publicUrl, now, has, progress }: DemoIncidents): Promise<void> {
  const missing = stories()
    .filter((story) => !has(caseIdOf(story)))
    .map((story) => ({ story, at: reportedAt(story, calendar, now) }))
    .sort((a, b) => a.at - b.at);
  for (const [n, { story, at }] of missing.entries()) {
    const file = new ScriptedCase({
      id: caseIdOf(story),
      activities,
      calendar,
      script: script(story, cast, calendar, publicUrl),
      begins: new Date(at).toISOString(),
      ends: new Date(now).toISOString(),
    });
    const reporter = cast.find(story.number % 3 === 0 ? 'suyu' : 'xyb', 'handler');
    const opening = openingFacts(story, calendar, at) as unknown as Form;
    await file.play('incident', { title: filled(story.plot.title, story), opening, actor: actorOf(reporter) }, handleIncident);
    progress(n + 1, missing.length);
  }
}

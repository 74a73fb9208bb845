import { randomUUID } from 'node:crypto';
import { expect } from 'chai';
import { writeCalendar } from '../../src/features/calendar/write.ts';
import { createCaseGateway, workflowId, type CaseGateway } from '../../src/platform/casefile/gateway.ts';
import { createTemporalClient, type TemporalClient } from '../../src/platform/temporal/connection.ts';
import { caseQueue } from '../../src/platform/temporal/queues.ts';
import { nextRing } from '../../src/rules/casefile/clockwork.ts';
import type { Act, Acting } from '../../src/rules/casefile/commands.ts';
import type { CaseState, Form } from '../../src/rules/casefile/types.ts';
import type { IncidentStage } from '../../src/rules/incident/process.ts';
import { command, complete, forms, newIncident } from '../support/cases.ts';
import { eventually } from '../support/eventually.ts';
import { openOwnCity, type OwnCity, type OwnProcess } from '../support/own-processes.ts';
import { startOwnTemporal, type OwnTemporal } from '../support/own-temporal.ts';
import { people } from '../support/people.ts';
import { mailSettled, received } from '../support/received.ts';
import { testStack } from '../support/stack.ts';
import { createTcpProxy, type TcpProxy } from '../support/tcp-proxy.ts';
import { shortWay } from '../workflows/paths.ts';

/** Days so short that deadlines come within the test. */
const dayMs = 20_000;
/** Day 20,454 of a calendar is 2026-01-01, a Thursday. */
const thursday = 20_454;

/** A case before the loss, and an act that is the next to do on it with the task that it opens, or null when it opens none. */
interface Prepared {
  readonly about: string;
  readonly id: string;
  readonly by: Acting;
  readonly act: Act;
  readonly opens: string | null;
}

describe('Temporal’s data is lost while cases are open', function () {
  this.timeout(150_000);
  let temporal: OwnTemporal;
  let smtp: TcpProxy;
  let city: OwnCity;
  let worker: OwnProcess;
  let client: TemporalClient;
  let gateway: CaseGateway;
  const prepared: Prepared[] = [];
  const snapshots = new Map<string, CaseState>();
  /** Of the outbox when the data was lost. */
  let waiting: string[] = [];
  let sentBefore = 0;

  before(async () => {
    temporal = await startOwnTemporal();
    const inbox = new URL(testStack().smtpUrl);
    smtp = await createTcpProxy(inbox.hostname, Number(inbox.port));
    city = await openOwnCity({ temporal, env: () => ({ SMTP_URL: `smtp://127.0.0.1:${smtp.port}` }) });
    await city.knex.transaction(async (trx) => {
      await trx('calendar').update({ active: false });
      await writeCalendar(trx, {
        calendar: { version: 2, name: 'quick', source: 'test', day_ms: dayMs, anchor_ms: Date.now() - thursday * dayMs, opens_minute: 0, closes_minute: 1440, active: true },
        years: [2025, 2026, 2027].map((year) => ({ year, source_notice: 'test' })),
        days: [],
      });
    });
    worker = await city.start('worker');
    client = createTemporalClient(city.config);
    gateway = createCaseGateway({ client: client.client, knex: city.knex, taskQueue: caseQueue, timeoutMs: 8000 });
    await prepare();
    for (const { id } of prepared) snapshots.set(id, await state(id));
  });
  after(async () => {
    await client?.close();
    await city?.close();
    await smtp?.close();
    await temporal?.close();
  });

  const state = async (id: string): Promise<CaseState> => (await city.knex('case_file').where({ id }).first<{ state: CaseState }>('state')).state;
  const until = (id: string, wanted: (now: CaseState) => boolean, what: string): Promise<CaseState> =>
    eventually(what, async () => {
      const now = await state(id);
      return wanted(now) && now;
    });
  const isOpen = (id: string, task: string) => until(id, ({ tasks }) => tasks[task]?.status === 'open', `${task} open`);
  const act = (id: string, by: Acting, what: Act) => gateway.act('incident', id, command(by, what));

  async function open(): Promise<string> {
    const id = randomUUID();
    await gateway.open(id, newIncident());
    await isOpen(id, 'verify#1');
    return id;
  }

  async function done(id: string, by: Acting, task: string, outcome: string, form = forms[task.split(/[:#]/u)[0] as IncidentStage] as Form): Promise<void> {
    await isOpen(id, task);
    await act(id, by, complete(task, outcome, form));
  }

  /** Takes a new case to where this task is open, and says what is done next. */
  async function upTo(task: string, about: string): Promise<Prepared> {
    const id = await open();
    const at = shortWay.findIndex(([, name]) => name === task);
    for (const [by, name, outcome, form] of shortWay.slice(0, at)) await done(id, by, name, outcome, form);
    await isOpen(id, task);
    const [by, name, outcome, form] = shortWay[at]!;
    return { about, id, by, act: complete(name, outcome, form ?? (forms[name.split(/[:#]/u)[0] as IncidentStage] as Form)), opens: shortWay[at + 1]?.[1] ?? null };
  }

  async function prepare(): Promise<void> {
    const [fresh, claimed, opinion, release, check, last, parts] = await Promise.all([
      upTo('verify#1', 'just reported'),
      upTo('grade#1', 'claimed'),
      upTo('opinion#1', 'with an opinion to write'),
      upTo('release#1', 'before publication'),
      upTo('prevention-check#1', 'published, with a promised date'),
      upTo('close#1', 'closed'),
      upTo('assign#1', 'with several things open'),
    ]);
    await act(claimed.id, people.handler, { type: 'claim', task: 'grade#1' });
    await act(opinion.id, people.market, { type: 'comment', task: 'opinion#1', text: '正在起草' });
    await act(last.id, last.by, last.act);
    await until(last.id, ({ closings }) => closings.length === 1, 'closed');
    // From here on nothing is delivered: what is written now waits when the data is lost.
    await eventually('mail of before sent', async () => (await city.knex('mail').whereIn('status', ['queued', 'sending'])).length === 0);
    await smtp.leave();
    await act(parts.id, people.handler, complete('assign#1', 'assigned', forms.assign as unknown as Form));
    await isOpen(parts.id, 'acknowledge:hbj#1');
    await act(parts.id, people.supervisor, { type: 'supervise', task: 'acknowledge:hbj#1', text: '请抓紧' });
    await act(parts.id, people.market, { type: 'requestExtension', task: 'acknowledge:scjg#1', days: 2, reason: '人员外出' });
    await isOpen(parts.id, 'supervision:acknowledge:hbj#1#1');
    await isOpen(parts.id, 'extension:acknowledge:scjg#1#1');
    prepared.push(
      fresh, claimed, opinion, release, check,
      { ...last, by: people.supervisor, act: { type: 'reopen', reason: '有新线索' }, opens: 'assign#2' },
      { ...parts, by: people.supervisor, act: complete('extension:acknowledge:scjg#1#1', 'granted', { comment: '同意' }), opens: null },
    );
  }

  /** What people have before them: open tasks, whose they are, until when, and the extensions. */
  const shown = ({ tasks, closings, disclosures }: CaseState): unknown => ({
    tasks: Object.values(tasks).filter(({ status }) => status === 'open')
      .map(({ id, audience, assignee, deadline, extension, comments }) => ({ id, audience, assignee, deadline, extension, comments })),
    closings,
    disclosures,
  });

  const running = async (id: string): Promise<string> => (await client.client.workflow.getHandle(workflowId('incident', id)).describe()).status.name;

  it('nothing runs any more, and the files are as they were', async () => {
    waiting = await city.knex('mail').whereIn('status', ['queued', 'sending']).whereNotNull('case_id').pluck<string[]>('id');
    sentBefore = (await city.knex('mail').where({ status: 'sent' }).whereNotNull('case_id')).length;
    expect(waiting.length).to.be.greaterThan(2);
    await temporal.loseEverything();
    for (const { id } of prepared) {
      expect(await running(id).catch((error: unknown) => (error as Error).name)).to.equal('WorkflowNotFoundError');
      expect(shown(await state(id))).to.deep.equal(shown(snapshots.get(id)!));
    }
  });

  it('`xinzhi resume` takes them all up: the same open tasks, the same deadlines', async () => {
    const ended = await Promise.race([worker.ended, Promise.resolve(null)]);
    expect(ended, 'the worker waits for Temporal and lives on').to.equal(null);
    const { status, said } = await city.run('resume');
    expect(status, said).to.equal('status 0');
    expect(said).to.contain(`${prepared.length} cases taken up, 0 were running.`);
    for (const { id, about } of prepared) {
      expect(await running(id)).to.equal('RUNNING');
      // The answer tells that the new run has read the file.
      await gateway.open(id, newIncident());
      expect(shown(await state(id)), about).to.deep.equal(shown(snapshots.get(id)!));
    }
  });

  it('a second one finds them running and does nothing', async () => {
    const runs = await Promise.all(prepared.map(async ({ id }) => (await client.client.workflow.getHandle(workflowId('incident', id)).describe()).runId));
    const { status, said } = await city.run('resume');
    expect(status, said).to.equal('status 0');
    expect(said).to.contain(`0 cases taken up, ${prepared.length} were running.`);
    expect(await Promise.all(prepared.map(async ({ id }) => (await client.client.workflow.getHandle(workflowId('incident', id)).describe()).runId))).to.deep.equal(runs);
  });

  it('their clocks go on: the next thing that was to ring rings, once', async () => {
    const { id } = prepared[0]!;
    const ring = nextRing(await state(id))!;
    const rung = await eventually(`${ring.key} rung`, async () => {
      const found = await city.knex('case_event').where({ case_id: id, key: ring.key }).select<{ at: Date }[]>('at');
      return found.length > 0 && found;
    }, 100_000);
    expect(rung).to.have.length(1);
    expect(rung[0]!.at.toISOString() >= ring.at).to.equal(true);
  });

  it('each can be acted on again and goes on from there', async () => {
    for (const { id, by, act: next, opens, about } of prepared) {
      await act(id, by, next);
      if (opens !== null) await isOpen(id, opens).catch((error: unknown) => { throw new Error(about, { cause: error }); });
    }
    const last = await state(prepared.at(-1)!.id);
    expect(last.tasks['acknowledge:scjg#1']!.extension).to.include({ granted: true });
  });

  it('the mail that waited goes out, and none twice', async () => {
    await smtp.comeBack();
    await mailSettled(city.knex, 100_000);
    // A clock may ring meanwhile and write one more: outbox and inbox are compared when they are at rest together. The letter
    // with the day's root is about no case.
    const arrivedOf = async (mails: { message_id: string }[]): Promise<string[] | false> => {
      const ids = new Set(mails.map((mail) => mail.message_id));
      const arrived = (await received(testStack().inboxUrl, ...prepared.map(({ id }) => id))).map(({ messageId }) => messageId!);
      return arrived.length >= mails.length && arrived.every((id) => ids.has(id)) && arrived;
    };
    const { mails, arrived } = await eventually('as many mails arrived as were written', async () => {
      const written = await city.knex('mail').whereNotNull('case_id').select<{ id: string; status: string; message_id: string }[]>('id', 'status', 'message_id');
      const found = written.every(({ status }) => status === 'sent') && await arrivedOf(written);
      return found && { mails: written, arrived: found };
    });
    expect(mails.filter(({ id }) => waiting.includes(id))).to.have.length(waiting.length);
    expect(mails.length).to.be.greaterThan(sentBefore + waiting.length - 1);
    expect(arrived).to.have.members(mails.map((mail) => mail.message_id));
  });

  it('every chain proves itself', async () => {
    const { status, said } = await city.run('verify');
    expect(status, said).to.equal('status 0');
  });
});

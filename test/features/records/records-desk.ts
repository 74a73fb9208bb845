import { expect } from 'chai';
import type { Response } from 'supertest';
import { seedRecordRules } from '../../support/record-law.ts';
import { behindTheTriggers } from '../../support/stack.ts';
import { errorsIn, formOf, goodCode, openBureau, type Bureau, type Clerk, type Fields } from '../incidents/bureau.ts';

/** A fine for expired food, which the rule publishes. */
export const entered: Fields = {
  subjectKind: 'organisation', subjectName: '宿迁某食品有限公司', subjectCode: goodCode, kind: 'penalty', documentNo: '宿市监处罚〔2026〕12号',
  decidedOn: '2026-05-31', domain: 'food', legalBasis: '《中华人民共和国食品安全法》第一百二十四条', act: '使用过期原料生产糕点。联系人张三，手机13812345678。',
  decision: '罚款20000元。', penaltyKinds: ['fine'], fine: '20000',
};
/** A warning by summary procedure, which is stored and not published. */
export const warning: Fields = {
  ...entered, documentNo: '宿市监当罚〔2026〕3号', penaltyKinds: ['warning'], fine: '', summaryProcedure: '1', decision: '警告。',
};

const tables = [
  'mail', 'record_event', 'record_use', 'record_proposal', 'case_due', 'release', 'record', 'subject_relation', 'subject_change', 'subject_query', 'subject_report',
  'subject',
].join(', ');

const FIRST_MORNING = new Date('2026-06-01T02:00:00Z');

/** Where records are entered, decided and read: by the unit that decided, by the credit office, and by another department. */
export class RecordsDesk {
  readonly #clock: { now: Date };
  readonly bureau: Bureau;
  readonly handler: Clerk;
  readonly head: Clerk;
  readonly office: Clerk;
  readonly other: Clerk;

  private constructor(clock: { now: Date }, bureau: Bureau, [handler, head, office, other]: readonly [Clerk, Clerk, Clerk, Clerk]) {
    this.#clock = clock;
    this.bureau = bureau;
    this.handler = handler;
    this.head = head;
    this.office = office;
    this.other = other;
  }

  static async open(): Promise<RecordsDesk> {
    const clock = { now: FIRST_MORNING };
    const bureau = await openBureau({ clock: () => clock.now });
    await seedRecordRules(bureau.knex);
    const clerkOf = (name: string) => bureau.clerk(name);
    const clerks = await Promise.all([clerkOf('scjg.handler'), clerkOf('scjg.leader'), clerkOf('xyb.handler'), clerkOf('rsj.handler')]);
    return new RecordsDesk(clock, bureau, clerks);
  }

  get now(): Date {
    return this.#clock.now;
  }

  set now(now: Date) {
    this.#clock.now = now;
  }

  close(): Promise<void> {
    return this.bureau.close();
  }

  /** As it was on the first morning: no record, no subject, no letter. */
  async clear(): Promise<void> {
    this.now = FIRST_MORNING;
    await behindTheTriggers(this.bureau.knex, ['record_event'], (owner) => owner.raw(`truncate ${tables} cascade`));
  }

  /** The empty form of a record. */
  blank(by: Clerk): Promise<Fields> {
    return by.form('/records/new', '/records');
  }

  async preview(fields: Fields, by = this.handler): Promise<string> {
    return (await by.post('/records', { ...(await this.blank(by)), ...fields, do: 'preview' })).text;
  }

  /** Sends what a preview shows. Gives the record's id. */
  async confirm(html: string, fields: Fields = {}, by = this.handler): Promise<string> {
    const answer = await by.post('/records', { ...formOf(html, '/records'), ...fields, do: 'send' });
    const id = /^\/records\/([0-9a-f-]{36})$/.exec(String(answer.headers['location']))?.[1];
    return id ?? expect.fail(`answered ${answer.status}: ${errorsIn(answer.text).join(' ')}`);
  }

  async enter(fields: Fields = entered, by = this.handler): Promise<string> {
    const html = await this.preview(fields, by);
    expect(errorsIn(html)).to.deep.equal([]);
    return this.confirm(html, {}, by);
  }

  /** Sends the form of one act on a record's page. */
  async act(by: Clerk, id: string, name: string, fields: Fields): Promise<Response> {
    return by.post(`/records/${id}/${name}`, { ...(await by.form(`/records/${id}`, `/records/${id}/${name}`)), ...fields });
  }

  /** The first mark or hold that the form of an act offers. */
  async targetOn(id: string, name: string, field = 'target'): Promise<string> {
    const form = (await this.handler.page(`/records/${id}`)).split(`action="/records/${id}/${name}"`)[1] ?? expect.fail(`no ${name}`);
    return new RegExp(`name="${field}" value="([^"]+)"`).exec(form)?.[1] ?? expect.fail(`nothing to ${name}`);
  }

  async standing(id: string): Promise<string> {
    return (await this.bureau.knex('record').where({ id }).first<{ standing: string }>('standing'))!.standing;
  }
}

import { randomUUID } from 'node:crypto';
import { createReadLaw } from '../../src/platform/law.ts';
import { changeRecords, storeRecords } from '../../src/platform/records/append.ts';
import { createSeal } from '../../src/platform/seal.ts';
import type { Acting } from '../../src/rules/casefile/commands.ts';
import type { Form } from '../../src/rules/casefile/types.ts';
import type { ObjectionJoin } from '../../src/rules/objection/facts.ts';
import type { RecordRef } from '../../src/rules/repair/facts.ts';
import type { RecordSubject } from '../../src/rules/records/facts.ts';
import type { ReleaseCause } from '../../src/rules/release/facts.ts';
import { applicant, codeCorrectionForms, newCodeCorrection, newObjection, newRelease, newRepair, newTakedown, repairForms, secondApplicant } from '../support/cases.ts';
import { people } from '../support/people.ts';
import { fine, insertFirm } from '../support/record-law.ts';
import type { Path } from './paths.ts';
import type { RunningCases } from './running.ts';

/** A fine that is public now, and the units that applied a measure because of it. */
export async function publicFine(cases: Pick<RunningCases, 'knex' | 'config'>, users: readonly string[] = []): Promise<{ record: RecordRef; subject: RecordSubject }> {
  const { knex, config } = cases;
  const subject = await insertFirm(knex);
  const id = randomUUID();
  const law = await createReadLaw(knex)();
  const documentNo = `宿市监处罚〔2026〕${id.slice(0, 8)}号`;
  const decidedOn = new Date(Date.now() - 150 * 86_400_000).toISOString().slice(0, 10);
  const writing = { law, chain: { hash: config.hash, key: config.secrets.chain }, at: new Date().toISOString(), actor: null, requestId: null };
  await knex.transaction(async (trx) => {
    await storeRecords(trx, [{ id, facts: fine(subject, { documentNo, decidedOn, fine: 50_000 }), source: 'form' }], writing);
    const used = users.map((unit) => ({ record: id, draft: { type: 'record.used' as const, unit, measure: '列为重点监管对象', legalBasis: '信用条例第二十条' } }));
    await changeRecords(trx, { ...writing, key: 'used', changes: used });
  });
  return { record: { id, documentNo, decidedOn }, subject };
}

/** The applicant's contact is sealed under the id of his case, as the portal does it. */
async function reachable({ knex, config: { secrets, cipher, hash } }: RunningCases, caseId: string): Promise<void> {
  await createSeal({ key: secrets.seal, cipher, hash }).reporter(knex, caseId, { name: null, mail: 'firm@applicant.example' });
}

export async function openRepair(cases: RunningCases, users: readonly string[] = [], change: Parameters<typeof newRepair>[0] = {}): Promise<string> {
  return cases.open(newRepair({ ...(await publicFine(cases, users)), ...change }));
}

export async function openObjection(cases: RunningCases, users: readonly string[] = []): Promise<string> {
  return cases.open(newObjection(await publicFine(cases, users)));
}

/** A case of release orders about a record that two units use. */
export async function openRelease(cases: RunningCases, cause: ReleaseCause): Promise<string> {
  const users = ['hbj', 'zx'];
  return cases.open(newRelease(users, { ...(await publicFine(cases, users)), cause }));
}

/** A public record that a handler of the credit office has just taken off. */
export async function openTakedown(cases: RunningCases): Promise<string> {
  const { record: { id, documentNo } } = await publicFine(cases);
  const at = new Date().toISOString();
  return cases.open(newTakedown({ text: { kind: 'record', ref: id }, label: documentNo, href: `/records/${id}`, at }));
}

type Step = readonly [by: Acting, task: string, outcome: string, form?: Form];

async function follow(cases: RunningCases, id: string, steps: readonly Step[]): Promise<void> {
  for (const [by, task, outcome, form] of steps) await cases.done(id, by, task, outcome, form);
}

const accept = repairForms.accept as unknown as Form;
const toDecision: readonly Step[] = [
  [people.market, 'accept#1', 'accepted'],
  [people.market, 'check#1', 'checked'],
];
const granted: readonly Step[] = [...toDecision, [people.marketHead, 'decide#1', 'granted']];

async function closedAs(cases: RunningCases, id: string, outcome: string): Promise<string> {
  await cases.until(id, (state) => state.closings.at(-1)?.outcome === outcome && state.closings.at(-1)?.reopened === null);
  return id;
}

/** Every branch of credit repair. */
export const repairPaths = {
  async repairGranted(cases) {
    const id = await openRepair(cases, ['hbj', 'zx']);
    await reachable(cases, id);
    await follow(cases, id, [
      ...granted,
      [people.publicity, 'release:zx#1', 'nothingApplied'],
      [people.ecology, 'release:hbj#1', 'released'],
      [people.handler, 'follow-up#1', 'gone'],
    ]);
    return closedAs(cases, id, 'granted');
  },

  async repairSupplemented(cases) {
    const id = await openRepair(cases);
    await reachable(cases, id);
    await follow(cases, id, [
      [people.market, 'accept#1', 'supplement', { ...accept, missing: ['缴款凭证'] }],
      [applicant, 'supplement#1', 'supplied'],
      [people.market, 'accept#2', 'accepted'],
    ]);
    await cases.opened(id, 'check#1');
    return id;
  },

  async repairNotAccepted(cases) {
    const id = await openRepair(cases);
    await cases.done(id, people.market, 'accept#1', 'refused', { ...accept, reason: '尚在最短公示期内' });
    return closedAs(cases, id, 'notAccepted');
  },

  async repairHandedOver(cases) {
    const id = await openRepair(cases);
    await follow(cases, id, [
      [people.market, 'accept#1', 'handedOver', { ...accept, unit: 'hbj', reason: '由生态环境局作出' }],
      [people.ecology, 'accept#2', 'accepted'],
    ]);
    await cases.opened(id, 'check#1');
    return id;
  },

  async repairExtendedThenRefused(cases) {
    const id = await openRepair(cases, ['hbj']);
    await reachable(cases, id);
    await cases.done(id, people.market, 'accept#1', 'accepted');
    await cases.opened(id, 'check#1');
    await cases.act(id, people.market, { type: 'requestExtension', task: 'check#1', days: 10, reason: '需现场核查' });
    await cases.done(id, people.supervisor, 'extension:check#1#1', 'granted', { comment: '' });
    await cases.act(id, people.market, { type: 'suspend', task: 'check#1', ground: 'inspection', reason: '委托检测' });
    await cases.act(id, people.market, { type: 'resume', task: 'check#1', reason: '检测完毕' });
    await follow(cases, id, [
      [people.market, 'check#1', 'checked'],
      [people.marketHead, 'decide#1', 'sentBack', { reason: '请补充核查' }],
      [people.marketColleague, 'check#2', 'checked'],
      [people.marketHead, 'decide#2', 'refused', { reason: '罚款未缴清' }],
    ]);
    return closedAs(cases, id, 'refused');
  },

  async repairWithdrawn(cases) {
    const id = await openRepair(cases);
    await cases.done(id, people.market, 'accept#1', 'accepted');
    await cases.opened(id, 'check#1');
    await cases.act(id, applicant, { type: 'withdraw', reason: '材料准备不足' });
    return closedAs(cases, id, 'withdrawn');
  },

  async repairRevoked(cases) {
    const id = await openRepair(cases);
    await reachable(cases, id);
    // As in files of before: no place was named, and one look was all.
    await follow(cases, id, [...granted, [people.handler, 'follow-up#1', 'stillShown', { finding: '已要求对方停止公示。' }]]);
    await closedAs(cases, id, 'granted');
    await cases.act(id, people.supervisor, { type: 'reopen', reason: '有人反映凭证不实' });
    await cases.done(id, people.market, 'revoke#1', 'kept');
    await closedAs(cases, id, 'granted');
    await cases.act(id, people.supervisor, { type: 'reopen', reason: '银行证明凭证系伪造' });
    await follow(cases, id, [
      [people.market, 'revoke#2', 'proposed'],
      [applicant, 'defence#1', 'stated'],
      [people.marketHead, 'revoke-decide#1', 'kept'],
    ]);
    await closedAs(cases, id, 'granted');
    await cases.act(id, people.supervisor, { type: 'reopen', reason: '公安机关立案' });
    await follow(cases, id, [
      [people.market, 'revoke#3', 'proposed'],
      [applicant, 'defence#2', 'stated'],
      [people.marketHead, 'revoke-decide#2', 'revoked'],
    ]);
    return closedAs(cases, id, 'revoked');
  },

  /** 陈述申辩: given up and kept; another time stated, at a window; on the same facts it is not asked for twice, on others it is. */
  async repairHeard(cases) {
    const id = await openRepair(cases);
    await reachable(cases, id);
    await follow(cases, id, [...granted, [people.handler, 'follow-up#1', 'gone']]);
    await closedAs(cases, id, 'granted');
    await cases.act(id, people.supervisor, { type: 'reopen', reason: '有人反映凭证不实' });
    await follow(cases, id, [
      [people.market, 'revoke#1', 'proposed'],
      [applicant, 'defence#1', 'waived', { statement: '', papers: [], who: '' }],
      [people.marketHead, 'revoke-decide#1', 'kept'],
    ]);
    await closedAs(cases, id, 'granted');
    await cases.act(id, people.supervisor, { type: 'reopen', reason: '银行证明凭证系伪造' });
    await follow(cases, id, [
      [people.market, 'revoke#2', 'proposed'],
      [people.market, 'defence#2', 'stated', { ...(repairForms.defence as unknown as Form), who: '法定代表人身份证，尾号 1234' }],
      [people.marketHead, 'revoke-decide#2', 'sentBack', { reason: '请核对数额' }],
      [people.market, 'revoke#3', 'proposed'],
      [people.marketHead, 'revoke-decide#3', 'sentBack', { reason: '请补充事实' }],
      [people.market, 'revoke#4', 'proposed', { ...(repairForms.revoke as unknown as Form), finding: '缴款凭证和验收文书均系伪造。' }],
      [applicant, 'defence#3', 'stated'],
      [people.marketHead, 'revoke-decide#4', 'revoked'],
    ]);
    return closedAs(cases, id, 'revoked');
  },

  async repairFollowedThenRevoked(cases) {
    const id = await openRepair(cases, ['hbj', 'scjg', 'zx']);
    await reachable(cases, id);
    const place = (gone: boolean) => ({ finding: '', places: [{ name: '某企业信息查询平台', gone }] });
    await follow(cases, id, [
      ...granted,
      [people.ecology, 'release:hbj#1', 'released'],
      [people.market, 'release:scjg#1', 'nothingApplied'],
      [people.publicity, 'release:zx#1', 'released'],
      [people.handler, 'follow-up#1', 'stillShown', place(false)],
      [people.handler, 'follow-up#2', 'gone', place(true)],
    ]);
    await closedAs(cases, id, 'granted');
    await cases.act(id, people.supervisor, { type: 'reopen', reason: '银行证明凭证系伪造' });
    await follow(cases, id, [
      [people.market, 'revoke#1', 'proposed'],
      [applicant, 'defence#1', 'waived', { statement: '', papers: [], who: '' }],
      [people.marketHead, 'revoke-decide#1', 'sentBack', { reason: '请补充法律依据' }],
      [people.market, 'revoke#2', 'proposed'],
      [people.marketHead, 'revoke-decide#2', 'revoked'],
      [people.ecology, 'reapply:hbj#1', 'applied'],
      [people.publicity, 'reapply:zx#1', 'notApplied', { measure: '', legalBasis: '', reason: '宣传事项已结束' }],
    ]);
    return closedAs(cases, id, 'revoked');
  },
} as const satisfies Record<string, Path>;

/** A further objector on the same facts, who leaves an address; gives the id of his command. */
export async function joinObjection(cases: RunningCases, id: string, change: Partial<ObjectionJoin> = {}): Promise<string> {
  const join = randomUUID();
  await createSeal({ key: cases.config.secrets.seal, cipher: cases.config.cipher, hash: cases.config.hash }).reporter(cases.knex, join, { name: null, mail: 'second@applicant.example' });
  const form: ObjectionJoin = { channel: 'portal', applicant: { account: secondApplicant.id, masked: secondApplicant.name, agent: false }, statement: '金额多写了一个零。', papers: [], ...change };
  await cases.act(id, secondApplicant, { type: 'join', form: form as unknown as Form, files: [] }, { id: join });
  return join;
}

/** Every branch of an objection. */
export const objectionPaths = {
  /** Two persons, and back once between them. */
  async objectionRefused(cases) {
    const id = await openObjection(cases);
    await reachable(cases, id);
    const refusal = { reason: '委托书与当事人不符。', refusal: { ground: 'notEntitled', earlier: null } };
    await follow(cases, id, [
      [people.handler, 'screen#1', 'refused', refusal],
      [people.officeHead, 'screen-decide#1', 'sentBack', { reason: '请再核对委托书。' }],
      [people.handler, 'screen#2', 'refused', refusal],
      [people.officeHead, 'screen-decide#2', 'refused', { reason: '同意。' }],
    ]);
    return closedAs(cases, id, 'notAccepted');
  },

  async objectionRejected(cases) {
    const id = await openObjection(cases, ['hbj']);
    await reachable(cases, id);
    await follow(cases, id, [
      [people.handler, 'screen#1', 'own'],
      [people.handler, 'verify#1', 'upheldCorrect'],
      [people.officeHead, 'decide#1', 'sentBack', { reason: '请核对案卷' }],
      [people.handler, 'verify#2', 'rejected'],
      [people.officeHead, 'decide#2', 'agreed'],
    ]);
    await closedAs(cases, id, 'rejected');
    return id;
  },

  async objectionCorrected(cases) {
    const id = await openObjection(cases, ['hbj', 'zx']);
    await reachable(cases, id);
    await follow(cases, id, [
      [people.handler, 'screen#1', 'forwarded'],
      [people.market, 'verify#1', 'upheldCorrect'],
      [people.marketHead, 'decide#1', 'agreed'],
      [people.market, 'correct#1', 'corrected'],
      [people.ecology, 'acknowledge-correction:hbj#1', 'acknowledged'],
      [people.publicity, 'acknowledge-correction:zx#1', 'acknowledged'],
    ]);
    return closedAs(cases, id, 'upheldCorrect');
  },

  async objectionRemoved(cases) {
    const id = await openObjection(cases, ['hbj']);
    await follow(cases, id, [
      [people.handler, 'screen#1', 'forwarded'],
      [people.market, 'verify#1', 'upheldRemove'],
      [people.marketHead, 'decide#1', 'agreed'],
      [people.ecology, 'acknowledge-correction:hbj#1', 'acknowledged'],
    ]);
    return closedAs(cases, id, 'upheldRemove');
  },

  async objectionJoined(cases) {
    const id = await openObjection(cases, ['hbj']);
    await reachable(cases, id);
    await cases.done(id, people.handler, 'screen#1', 'forwarded');
    await joinObjection(cases, id);
    await follow(cases, id, [
      [people.market, 'verify#1', 'upheldCorrect'],
      [people.marketHead, 'decide#1', 'agreed'],
      [people.market, 'correct#1', 'corrected'],
      [people.ecology, 'acknowledge-correction:hbj#1', 'acknowledged'],
    ]);
    return closedAs(cases, id, 'upheldCorrect');
  },

  async objectionJoinedAfterRejection(cases) {
    const id = await openObjection(cases);
    await reachable(cases, id);
    await follow(cases, id, [
      [people.handler, 'screen#1', 'own'],
      [people.handler, 'verify#1', 'rejected'],
      [people.officeHead, 'decide#1', 'agreed'],
    ]);
    await closedAs(cases, id, 'rejected');
    await joinObjection(cases, id);
    return id;
  },

  async objectionWithdrawn(cases) {
    const id = await openObjection(cases);
    await cases.act(id, applicant, { type: 'withdraw', reason: '已自行核实' });
    return closedAs(cases, id, 'withdrawn');
  },
} as const satisfies Record<string, Path>;

/** What units are told of, with every answer. */
export const releasePaths = {
  async releaseLifted(cases) {
    const id = await openRelease(cases, 'ended');
    await follow(cases, id, [
      [people.ecology, 'release:hbj#1', 'released'],
      [people.publicity, 'release:zx#1', 'nothingApplied'],
    ]);
    return closedAs(cases, id, 'answered');
  },

  async releaseSuspended(cases) {
    const id = await openRelease(cases, 'shielded');
    await follow(cases, id, [
      [people.publicity, 'suspend:zx#1', 'suspended'],
      [people.ecology, 'suspend:hbj#1', 'released'],
    ]);
    return closedAs(cases, id, 'answered');
  },

  async releaseShownAgain(cases) {
    const id = await openRelease(cases, 'shownAgain');
    await follow(cases, id, [
      [people.ecology, 'resume:hbj#1', 'resumed'],
      [people.publicity, 'resume:zx#1', 'released'],
    ]);
    return closedAs(cases, id, 'answered');
  },

  async releaseFrozen(cases) {
    const id = await openRelease(cases, 'frozen');
    await follow(cases, id, [
      [people.ecology, 'note:hbj#1', 'noted'],
      [people.publicity, 'note:zx#1', 'noted'],
    ]);
    return closedAs(cases, id, 'answered');
  },
} as const satisfies Record<string, Path>;

/** Every branch of the correction of a code. */
export const codeCorrectionPaths = {
  async codeCorrected(cases) {
    const id = await cases.open(newCodeCorrection());
    await follow(cases, id, [
      [people.handler, 'assign#1', 'assigned'],
      [people.market, 'correct#1', 'corrected'],
    ]);
    return closedAs(cases, id, 'corrected');
  },

  async codeReturnedThenSettled(cases) {
    const id = await cases.open(newCodeCorrection());
    await follow(cases, id, [
      [people.handler, 'assign#1', 'assigned', { ...codeCorrectionForms.assign, unit: 'hbj' }],
      [people.ecology, 'correct#1', 'returned', { finding: '不由我局登记。' }],
      [people.handlerColleague, 'assign#2', 'settled', { unit: null, note: '另一家已注销。' }],
    ]);
    return closedAs(cases, id, 'settled');
  },

  async codeSettledAtRegistry(cases) {
    const id = await cases.open(newCodeCorrection());
    await follow(cases, id, [
      [people.handler, 'assign#1', 'assigned'],
      [people.market, 'correct#1', 'settled', { finding: '信用办已更正。' }],
    ]);
    return closedAs(cases, id, 'settled');
  },
} as const satisfies Record<string, Path>;

/** A record that was taken off at once, with every decision on it. */
export const takedownPaths = {
  async takedownPutBack(cases) {
    const id = await openTakedown(cases);
    await cases.done(id, people.officeHead, 'decide#1', 'putBack');
    return closedAs(cases, id, 'putBack');
  },

  async takedownStaysOffThenPutBack(cases) {
    const id = await openTakedown(cases);
    await cases.done(id, people.officeHead, 'decide#1', 'staysOff');
    await closedAs(cases, id, 'staysOff');
    await cases.act(id, people.supervisor, { type: 'reopen', reason: '住址已经遮蔽。' });
    await cases.done(id, people.officeHead, 'decide#2', 'putBack');
    return closedAs(cases, id, 'putBack');
  },
} as const satisfies Record<string, Path>;

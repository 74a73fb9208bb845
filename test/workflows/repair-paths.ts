import type { Form } from '../../src/rules/casefile/types.ts';
import { applicant, repairForms } from '../support/cases.ts';
import { people } from '../support/people.ts';
import { closedAs, follow, openRepair, reachable, type Step } from './applications.ts';
import type { Path } from './paths.ts';

const accept = repairForms.accept as unknown as Form;
const toDecision: readonly Step[] = [
  [people.market, 'accept#1', 'accepted'],
  [people.market, 'check#1', 'checked'],
];
const granted: readonly Step[] = [...toDecision, [people.marketHead, 'decide#1', 'granted']];

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

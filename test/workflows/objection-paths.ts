import { randomUUID } from 'node:crypto';
import { createSeal } from '../../src/platform/seal.ts';
import type { Form } from '../../src/rules/casefile/types.ts';
import type { ObjectionJoin } from '../../src/rules/objection/facts.ts';
import { applicant, secondApplicant } from '../support/cases.ts';
import { people } from '../support/people.ts';
import { closedAs, follow, openObjection, reachable } from './applications.ts';
import type { Path } from './paths.ts';
import type { RunningCases } from './running.ts';

/** A further objector on the same facts, who leaves an address; gives the id of his command. */
async function joinObjection(cases: RunningCases, id: string, change: Partial<ObjectionJoin> = {}): Promise<string> {
  const join = randomUUID();
  const { secrets, cipher, hash } = cases.config;
  await createSeal({ key: secrets.seal, cipher, hash }).reporter(cases.knex, join, { name: null, mail: 'second@applicant.example' });
  const by = { account: secondApplicant.id, masked: secondApplicant.name, agent: false };
  const form: ObjectionJoin = { channel: 'portal', applicant: by, statement: '金额多写了一个零。', papers: [], ...change };
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

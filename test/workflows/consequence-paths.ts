import { codeCorrectionForms, newCodeCorrection } from '../support/cases.ts';
import { people } from '../support/people.ts';
import { closedAs, follow, openRelease, openTakedown } from './applications.ts';
import type { Path } from './paths.ts';

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

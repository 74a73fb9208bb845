import { expect } from 'chai';
import { actDecisionFault, guardedActs, mayProposeAct, needsSecond } from '../../src/rules/administrators.ts';
import { administratorRoles, businessRoles, roles, type AdministratorRole, type Role } from '../../src/rules/people.ts';

const person = (id: string, ...held: Role[]) => ({ id, roles: held.map((role) => ({ unit: 'suqian', role })) });

describe('what one administrator may not do alone', () => {
  it('is whatever touches an administrator or makes somebody one; all else he may', () => {
    for (const role of roles) expect(needsSecond(person('a', role)), role).to.equal((administratorRoles as readonly string[]).includes(role));
    for (const role of administratorRoles) expect(needsSecond(person('a', 'handler'), role), role).to.equal(true);
    for (const role of businessRoles) expect(needsSecond(person('a', 'handler'), role), role).to.equal(false);
  });

  it('is proposed by whom it belongs to, about nobody of himself', () => {
    const may: Record<string, AdministratorRole[]> = {
      passwordReset: ['systemAdmin'], deactivated: ['systemAdmin'], activated: ['systemAdmin'], unitKind: ['systemAdmin'],
      roleGiven: ['securityAdmin'], roleTaken: ['securityAdmin'], secondFactorReset: ['securityAdmin'],
    };
    for (const act of guardedActs) {
      for (const role of roles) {
        const actor = person('actor', role);
        const of = act === 'unitKind' ? null : person('other', 'systemAdmin');
        expect(mayProposeAct(actor, act, of), `${act} ${role}`).to.equal(may[act]!.includes(role as AdministratorRole));
        if (of) expect(mayProposeAct(actor, act, person('actor', role)), `${act} of himself`).to.equal(false);
      }
    }
    expect(mayProposeAct(person('a', 'auditAdmin'), 'secondFactorReset', person('b', 'securityAdmin'))).to.equal(true);
    expect(mayProposeAct(person('a', 'securityAdmin'), 'secondFactorReset', person('b', 'securityAdmin'))).to.equal(false);
  });

  it('is decided by an administrator of another kind, never by whoever proposed it or is meant', () => {
    for (const proposerRole of administratorRoles) {
      for (const role of roles) {
        const fault = actDecisionFault(person('decider', role), { proposedBy: 'proposer', proposerRole, personId: 'meant' });
        const expected = !(administratorRoles as readonly string[]).includes(role) ? 'notAdministrator' : role === proposerRole ? 'sameKind' : null;
        expect(fault, `${proposerRole} by ${role}`).to.equal(expected);
      }
    }
    const proposed = { proposedBy: 'proposer', proposerRole: 'securityAdmin', personId: 'meant' } as const;
    expect(actDecisionFault(person('meant', 'auditAdmin'), proposed)).to.equal('aboutOneself');
    // His role was changed since: it is still his own proposal.
    expect(actDecisionFault(person('proposer', 'auditAdmin'), proposed)).to.equal('ownProposal');
  });
});

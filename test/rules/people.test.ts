import { expect } from 'chai';
import {
  administrationActs, administratorRoles, businessRoles, hasRole, isAdministrator, mayAdminister, passwordFault,
  roleConflict, roleFitsUnit, roles, rolesOf, seesAll, unitKinds, unitsOf,
  type AdministrationAct, type Role, type UnitNode,
} from '../../src/rules/people.ts';

const tree: UnitNode[] = [
  { id: 'suqian', kind: 'city', parentId: null },
  { id: 'xyb', kind: 'creditOffice', parentId: 'suqian' },
  { id: 'scjg', kind: 'department', parentId: 'suqian' },
  { id: 'suyu', kind: 'region', parentId: 'suqian' },
  { id: 'suyu-scjg', kind: 'department', parentId: 'suyu' },
  { id: 'suyu-hbj', kind: 'department', parentId: 'suyu' },
];

const person = (...held: [unit: string, role: Role][]) => ({ roles: held.map(([unit, role]) => ({ unit, role })) });

describe('roles of a person', () => {
  it('are those of the unit asked for, in the order of the role list', () => {
    const both = person(['scjg', 'head'], ['scjg', 'handler'], ['suyu', 'handler']);
    expect(rolesOf(both, 'scjg')).to.deep.equal(['handler', 'head']);
    expect(rolesOf(both, 'hbj')).to.deep.equal([]);
  });

  it('count anywhere when no unit is named', () => {
    const handler = person(['scjg', 'handler']);
    expect(hasRole(handler, 'handler')).to.equal(true);
    expect(hasRole(handler, 'handler', 'suyu')).to.equal(false);
  });
});

describe('units of a person', () => {
  it('take in all units below his own, each once', () => {
    expect(unitsOf(person(['suyu', 'head'], ['suyu-hbj', 'handler']), tree)).to.have.members(['suyu', 'suyu-scjg', 'suyu-hbj']).and.have.length(3);
  });

  it('are none for an administrator, wherever he stands in the tree', () => {
    for (const role of administratorRoles) expect(unitsOf(person(['suqian', role]), tree)).to.deep.equal([]);
  });

  it('leave out a unit that is no longer in the tree', () => {
    expect(unitsOf(person(['gone', 'handler']), tree)).to.deep.equal([]);
  });

  it('end also in a tree that was tied into a ring', () => {
    const ring: UnitNode[] = [{ id: 'a', kind: 'city', parentId: 'b' }, { id: 'b', kind: 'region', parentId: 'a' }];
    expect(unitsOf(person(['a', 'handler']), ring)).to.have.members(['a', 'b']);
  });
});

describe('who sees every case', () => {
  it('is whoever does business in the credit office', () => {
    for (const role of businessRoles) expect(seesAll(person(['xyb', role]), tree), role).to.equal(true);
  });

  it('is no administrator, in the credit office neither, and nobody from elsewhere', () => {
    for (const role of administratorRoles) expect(seesAll(person(['xyb', role]), tree), role).to.equal(false);
    for (const unit of ['suqian', 'scjg', 'suyu']) expect(seesAll(person([unit, 'head']), tree), unit).to.equal(false);
  });
});

describe('separation of the three administrators', () => {
  for (const first of roles) {
    for (const second of roles) {
      const administrators = [first, second].filter((role) => (administratorRoles as readonly Role[]).includes(role));
      const expected = first === second || administrators.length === 0 ? null
        : administrators.length === 2 ? 'twoAdministrators' : 'administratorInBusiness';
      it(`${first} with ${second}: ${expected ?? 'no conflict'}`, () => {
        expect(roleConflict([first, second])?.kind ?? null).to.equal(expected);
      });
    }
  }

  it('names the two roles, the administrator first', () => {
    expect(roleConflict(['handler', 'auditAdmin'])?.roles).to.deep.equal(['auditAdmin', 'handler']);
  });

  it('finds no conflict in no roles, and none in many business roles', () => {
    expect(roleConflict([])).to.equal(null);
    expect(roleConflict([...businessRoles])).to.equal(null);
  });
});

describe('acts of administration', () => {
  const allowed: Record<AdministrationAct, Role[]> = {
    viewPeople: ['systemAdmin', 'securityAdmin', 'auditAdmin'],
    editPeople: ['systemAdmin'],
    resetPassword: ['systemAdmin'],
    giveRoles: ['securityAdmin'],
    viewUnits: ['systemAdmin', 'securityAdmin', 'auditAdmin'],
    editUnits: ['systemAdmin'],
    viewAccessLog: ['auditAdmin'],
    viewAlerts: ['securityAdmin'],
    resetSecondFactor: ['securityAdmin', 'auditAdmin'],
    revokeTokens: ['systemAdmin', 'securityAdmin'],
  };
  for (const act of administrationActs) {
    for (const role of roles) {
      it(`${role} ${allowed[act].includes(role) ? 'may' : 'may not'} ${act}`, () => {
        expect(mayAdminister(person(['suqian', role]), act)).to.equal(allowed[act].includes(role));
      });
    }
  }

  it('belong to nobody without a role', () => {
    expect(administrationActs.some((act) => mayAdminister(person(), act))).to.equal(false);
    expect(isAdministrator(person())).to.equal(false);
  });
});

describe('roles and kinds of units', () => {
  it('the head of the credit office sits in the credit office alone', () => {
    expect(unitKinds.filter((kind) => roleFitsUnit('creditOfficeHead', kind))).to.deep.equal(['creditOffice']);
  });

  it('a supervisor sits in the credit office or at the city', () => {
    expect(unitKinds.filter((kind) => roleFitsUnit('supervisor', kind))).to.deep.equal(['city', 'creditOffice']);
  });

  it('a handler sits anywhere', () => {
    expect(unitKinds.every((kind) => roleFitsUnit('handler', kind))).to.equal(true);
  });
});

describe('a new password', () => {
  const ordinary = { username: 'scjg.handler', administrator: false };
  const administrator = { username: 'sysadmin', administrator: true };

  it('needs 8 characters, an administrator 10', () => {
    expect(passwordFault('Ab3-def', ordinary)).to.equal('tooShort');
    expect(passwordFault('Ab3-defg', ordinary)).to.equal(null);
    expect(passwordFault('Ab3-defgh', administrator)).to.equal('tooShort');
    expect(passwordFault('Ab3-defghi', administrator)).to.equal(null);
  });

  it('needs three of four kinds of characters; a Chinese one counts as a sign', () => {
    expect(passwordFault('abcdefgh12', ordinary)).to.equal('tooPlain');
    expect(passwordFault('abcdefgh12X', ordinary)).to.equal(null);
    expect(passwordFault('信用宿迁abcd12', ordinary)).to.equal(null);
  });

  it('counts characters, not bytes or halves of them', () => {
    expect(passwordFault('😀😀😀aB1', ordinary)).to.equal('tooShort');
  });

  it('does not hold the user name, in capitals neither', () => {
    expect(passwordFault('my-SCJG.Handler-1', ordinary)).to.equal('containsUsername');
  });

  it('has an end', () => {
    expect(passwordFault(`aB1${'x'.repeat(126)}`, ordinary)).to.equal('tooLong');
  });
});

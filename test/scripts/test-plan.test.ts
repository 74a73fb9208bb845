import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { expect } from 'chai';
import { planTests, stageOf } from '../../scripts/test-plan.ts';

const files: Readonly<Record<string, string>> = {
  'support/stack.ts': '',
  'support/app.ts': "import { testConfig } from './stack.ts';",
  'support/pure.ts': '',
  'rules/a.test.ts': "import { x } from '../../src/rules/a.ts';",
  'rules/a.property.test.ts': '',
  'platform/b.test.ts': "import { createTestDatabase } from '../support/stack.ts';",
  'platform/c.test.ts': "import { p } from '../support/pure.ts';",
  'features/d/page.test.ts': "import { app } from '../../support/app.ts';",
  'features/d/forms.test.ts': '',
  'workflows/e.test.ts': '',
  'replay/f.test.ts': '',
  'e2e/g.test.ts': '',
  'faults/h.test.ts': '',
};

describe('the plan of the tests', () => {
  const root = mkdtempSync(join(tmpdir(), 'xinzhi-plan-'));
  const test = join(root, 'test');
  before(() => {
    for (const [file, text] of Object.entries(files)) {
      mkdirSync(dirname(join(test, file)), { recursive: true });
      writeFileSync(join(test, file), text);
    }
  });
  after(() => rmSync(root, { recursive: true }));

  for (const [file, stage] of [
    ['rules/a.test.ts', 'unit'],
    ['rules/a.property.test.ts', 'property'],
    ['platform/b.test.ts', 'data'],
    ['platform/c.test.ts', 'unit'],
    ['features/d/page.test.ts', 'page'],
    ['features/d/forms.test.ts', 'unit'],
    ['workflows/e.test.ts', 'workflow'],
    ['replay/f.test.ts', 'replay'],
    ['e2e/g.test.ts', 'browser'],
    ['faults/h.test.ts', 'faults'],
  ] as const) {
    it(`${file} is a ${stage} test`, () => {
      expect(stageOf(join(test, file), test)).to.equal(stage);
    });
  }

  it('without a word, every test runs, once', () => {
    const planned = [...planTests(root, []).values()].flat();
    expect(planned).to.have.members(Object.keys(files).filter((file) => file.endsWith('.test.ts')).map((file) => join('test', file)));
  });

  it('a stage, a file and a folder can be asked for', () => {
    expect([...planTests(root, ['unit']).values()].flat()).to.have.length(3);
    expect([...planTests(root, [join(test, 'faults', 'h.test.ts')]).values()].flat()).to.deep.equal(['test/faults/h.test.ts']);
    expect([...planTests(root, [join(test, 'features')]).values()].flat()).to.have.length(2);
  });

  it('a word that means nothing is refused', () => {
    expect(() => planTests(root, ['nothing'])).to.throw('nothing is neither');
  });
});

'use strict';

// The arrows of the house: which folder may import which. Everything not said here is allowed.
const own = '^(src|workflows|migrations|scripts|test)/';

/** @type {import('dependency-cruiser').IConfiguration} */
module.exports = {
  forbidden: [
    {
      name: 'rules-know-nothing-else',
      comment: 'src/rules is pure: the same code serves workflow, web and tests.',
      severity: 'error',
      from: { path: '^src/rules/' },
      to: { path: own, pathNot: '^src/rules/' },
    },
    {
      name: 'rules-import-no-package',
      comment: 'No I/O, no clock: nothing of Node and no package but Zod, which describes shapes.',
      severity: 'error',
      from: { path: '^src/rules/' },
      to: { dependencyTypes: ['core', 'npm', 'npm-dev', 'npm-optional', 'npm-no-pkg', 'npm-unknown'], pathNot: 'node_modules/zod/' },
    },
    {
      name: 'workflows-import-rules',
      comment: 'A workflow is deterministic: rules and types, nothing that touches the world.',
      severity: 'error',
      from: { path: '^workflows/' },
      to: { path: own, pathNot: '^(workflows|src/rules)/' },
    },
    {
      name: 'workflows-import-the-workflow-sdk',
      severity: 'error',
      from: { path: '^workflows/' },
      to: {
        dependencyTypes: ['core', 'npm', 'npm-dev', 'npm-optional', 'npm-no-pkg', 'npm-unknown'],
        pathNot: 'node_modules/@temporalio/(workflow|common)/',
      },
    },
    {
      name: 'activities-import-platform-and-rules',
      severity: 'error',
      from: { path: '^src/activities/' },
      to: { path: own, pathNot: '^src/(activities|platform|rules)/' },
    },
    {
      name: 'platform-imports-platform-and-rules',
      comment: 'src/config.ts gives types alone to the ground below it.',
      severity: 'error',
      from: { path: '^src/platform/', pathNot: '^src/platform/temporal/(worker|bundle)\\.ts$' },
      to: { path: own, pathNot: '^src/(platform|rules)/|^src/config\\.ts$' },
    },
    {
      name: 'features-import-platform-and-rules',
      severity: 'error',
      from: { path: '^src/features/' },
      to: { path: own, pathNot: '^src/(features|platform|rules)/|^src/config\\.ts$' },
    },
    {
      name: 'features-meet-at-the-index',
      comment: 'A feature calls what another one exports in its index.ts.',
      severity: 'error',
      from: { path: '^src/features/([^/]+)/' },
      to: { path: '^src/features/', pathNot: ['^src/features/$1/', '^src/features/[^/]+/index\\.ts$'] },
    },
    {
      name: 'nothing-below-imports-commands',
      comment: 'The commands put the parts together.',
      severity: 'error',
      from: { path: '^src/(?!commands/|main\\.ts$)' },
      to: { path: '^src/(commands/|main\\.ts$)' },
    },
    {
      name: 'product-does-not-import-tests',
      severity: 'error',
      from: { path: '^(src|workflows|migrations)/' },
      to: { path: '^(test|scripts)/' },
    },
    {
      name: 'no-cycles',
      comment: 'Types may refer to each other, and what is loaded when it is called may refer back; code that runs at import may not.',
      severity: 'error',
      from: {},
      to: { circular: true, viaOnly: { dependencyTypesNot: ['type-only', 'dynamic-import'] } },
    },
    {
      name: 'packages-are-declared',
      severity: 'error',
      from: { path: own },
      to: { dependencyTypes: ['npm-no-pkg', 'npm-unknown', 'unknown', 'undetermined'] },
    },
    {
      name: 'product-needs-no-development-package',
      comment: 'Production installs without them; the SDK\'s download of its server is such a one and may be missing.',
      severity: 'error',
      from: { path: '^(src|workflows|migrations)/', pathNot: '^src/launcher/temporal-download\\.ts$' },
      to: { dependencyTypes: ['npm-dev'], dependencyTypesNot: ['type-only'], pathNot: 'node_modules/@types/' },
    },
    {
      name: 'everything-is-found',
      severity: 'error',
      from: {},
      to: { couldNotResolve: true },
    },
  ],
  options: {
    // With TypeScript 7 alone imports are missed silently: it has no compiler interface to ask.
    parser: 'swc',
    tsPreCompilationDeps: true,
    doNotFollow: { path: 'node_modules' },
    exclude: { path: '^(node_modules/\\.cache|\\.data|views)/' },
    enhancedResolveOptions: { exportsFields: ['exports'], conditionNames: ['import', 'require', 'node', 'types', 'default'], extensions: ['.ts', '.mjs', '.cjs', '.js', '.d.ts', '.json'] },
  },
};

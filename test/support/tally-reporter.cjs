'use strict';

const { writeFileSync } = require('node:fs');
const Mocha = require('mocha');

/** Mocha's own `spec`, which also leaves the sums, and what failed, in the file `XINZHI_TEST_TALLY` for the runner to tell at its end. */
module.exports = class TallyReporter extends Mocha.reporters.Spec {
  constructor(runner, options) {
    super(runner, options);
    const file = process.env.XINZHI_TEST_TALLY;
    const failed = [];
    runner.on('fail', (test, error) => failed.push(`${test.fullTitle()}\n    ${String(error?.stack ?? error).split('\n').slice(0, 12).join('\n    ')}`));
    runner.once('end', () => {
      const { passes, failures, pending } = this.stats;
      if (file) writeFileSync(file, JSON.stringify({ passes, failures, pending, failed }));
    });
  }
};

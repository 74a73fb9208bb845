import { TestWorkflowEnvironment } from '@temporalio/testing';

/**
 * Lets the SDK download the Temporal server into a folder: `temporal-download.ts FOLDER VERSION`.
 * The SDK has no call that only downloads, so the server runs for a moment.
 */
const [, , downloadDir, version] = process.argv;
if (downloadDir === undefined || version === undefined) throw new Error('A folder and a version are needed.');
const environment = await TestWorkflowEnvironment.createLocal({ server: { executable: { type: 'cached-download', downloadDir, version } } });
await environment.teardown();

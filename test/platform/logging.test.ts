import { PassThrough } from 'node:stream';
import { text } from 'node:stream/consumers';
import { expect } from 'chai';
import { createLogger } from '../../src/platform/logging.ts';

async function logged(error: unknown): Promise<string> {
  const destination = new PassThrough();
  createLogger({ level: 'info', process: 'test', destination }).error({ err: error }, 'it failed');
  destination.end();
  return text(destination);
}

describe('the log', () => {
  const refused = (): Error => Object.assign(new Error('duplicate key value violates unique constraint "subject_uscc"'), {
    code: '23505', table: 'subject', detail: 'Key (name)=(张三丰) already exists.', where: 'COPY person, line 3: "李四"',
  });

  it('says what a database refused, without the row', async () => {
    const line = await logged(refused());
    expect(line).to.include('23505').and.include('subject_uscc');
    expect(line).to.not.match(/张三丰|李四/u);
  });

  it('nor where it is one of several, or the cause of another', async () => {
    expect(await logged(new AggregateError([refused()], 'several'))).to.include('several').and.not.match(/张三丰|李四/u);
    expect(await logged(new Error('outer', { cause: refused() }))).to.include('outer').and.not.match(/张三丰|李四/u);
  });
});

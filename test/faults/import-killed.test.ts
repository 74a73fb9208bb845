import { randomUUID } from 'node:crypto';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { expect } from 'chai';
import { addImport, findImport, moveImport, type RecordImport } from '../../src/features/records/import/imports.ts';
import { createFolderStorage } from '../../src/platform/storage.ts';
import { csv, numbered } from '../features/records/import-office.ts';
import { eventually } from '../support/eventually.ts';
import { openOwnCity, type OwnCity, type OwnProcess } from '../support/own-processes.ts';

describe('a worker that is killed in the middle of an import of records', function () {
  this.timeout(150_000);
  const rows = 1600;
  const id = randomUUID();
  let person: string;
  let city: OwnCity;
  let worker: OwnProcess;
  before(async () => {
    city = await openOwnCity();
    worker = await city.start('worker');
    const content = csv(Array.from({ length: rows }, (_, n) => numbered(n + 1)));
    const stored = await createFolderStorage(join(city.config.dataFolder, 'files')).put(Readable.from([content]));
    ({ id: person } = await city.knex('person').where({ username: 'scjg.handler' }).first<{ id: string }>('id'));
    await addImport(city.knex, {
      id, person, unit: 'scjg', at: new Date(), file: { ...stored, name: '五月.csv', mime: 'text/csv' }, answers: { domain: 'food', amountUnit: null, renamed: null, corrects: false },
    });
  });
  after(() => city.close());

  const now = async (): Promise<RecordImport> => (await findImport(city.knex, id))!;
  const count = async (table: string): Promise<number> => Number((await city.knex(table).count<{ n: string }[]>('* as n').first())?.n);

  it('has stored just the rows that it says, and goes on where it was: each row is recorded once', async () => {
    await eventually('the file is checked', async () => (await now()).state === 'checked');
    expect((await now()).found).to.include({ new: rows, bad: 0 });
    expect(await count('record')).to.equal(0);
    await moveImport(city.knex, id, 'checked', 'importing', { confirmed: { by: person, at: new Date() } });
    await eventually('some batches are stored', async () => (await now()).handled >= 500, 60_000, 5);
    await worker.kill();

    const { state, handled, result } = await now();
    expect(state).to.equal('importing');
    expect(handled).to.be.within(500, rows - 1);
    expect([result.stored, await count('record')]).to.deep.equal([handled, handled]);

    worker = await city.start('worker');
    await eventually('the rest is stored', async () => (await now()).state === 'done');
    expect((await now()).result).to.deep.equal({ stored: rows, same: 0, corrected: 0, leftOut: 0, bad: 0 });
    expect(await count('record')).to.equal(rows);
    expect(await city.knex('record_event').where({ type: 'record.stored' }).countDistinct('record_id as n').first()).to.deep.equal({ n: rows });
  });
});

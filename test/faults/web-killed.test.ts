import { expect } from 'chai';
import { createSeal } from '../../src/platform/seal.ts';
import { Register } from '../features/public-records/records.ts';
import { eventually } from '../support/eventually.ts';
import { openOwnCity, type OwnCity, type OwnProcess } from '../support/own-processes.ts';
import { testConfig } from '../support/stack.ts';

describe('a web process that is killed between its answer and the line in the access log', function () {
  this.timeout(120_000);
  const views = 40;
  let city: OwnCity;
  let web: OwnProcess;
  before(async () => {
    city = await openOwnCity();
    web = await city.start('web');
  });
  after(() => city?.close());

  const lines = async (path: string): Promise<number> => Number((await city.knex('access_log').where({ kind: 'recordViewed', path }).count<{ n: string }[]>('* as n').first())?.n);

  it('has lost none of them: the next one writes each once', async () => {
    const { secrets, cipher, hash } = testConfig();
    const { id } = await new Register(city.knex, createSeal({ key: secrets.seal, cipher, hash })).store({ kind: 'organisation', name: '宿迁某食品有限公司', uscc: '91321300MA1TE8T08T' });
    const path = `/records/${id}`;
    const visitor = await city.visitor('xyb.handler');
    await visitor.page(path);
    await eventually('the first view is in the table', async () => (await lines(path)) === 1);

    const lock = await city.knex.transaction();
    await lock.raw('lock table access_journal in access exclusive mode');
    for (let n = 1; n < views; n += 1) await visitor.page(path);
    await web.kill();
    await lock.rollback();
    expect(await lines(path), 'what was answered is in no table yet').to.equal(1);

    web = await city.start('web');
    await eventually('all views are in the table', async () => (await lines(path)) >= views);
    await visitor.page(path);
    await eventually('the view after them as well', async () => (await lines(path)) > views);
    expect(await lines(path)).to.equal(views + 1);
    await web.stop();
  });

  it('one that is asked to stop writes what it has before it goes', async () => {
    web = await city.start('web');
    const visitor = await city.visitor('xyb.handler');
    const { path } = await city.knex('access_log').where({ kind: 'recordViewed' }).first<{ path: string }>('path');
    const before = await lines(path);
    await visitor.page(path);
    await web.stop();
    expect(await lines(path)).to.equal(before + 1);
  });
});

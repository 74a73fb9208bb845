import { expect } from 'chai';
import { openBureau, plain, type Bureau } from './incidents/bureau.ts';

describe('a disk that is nearly full', () => {
  let bureau: Bureau;
  before(async () => {
    // More than any disk has.
    bureau = await openBureau({ workers: true, settings: { diskReserveMb: 1_000_000_000 } });
  });
  after(() => bureau.close());

  it('takes no act and says so, in both languages, with what was typed', async () => {
    const clerk = await bureau.clerk('xyb.handler');
    const answer = await clerk.send({ title: '河道排污' });
    expect(answer.status).to.equal(503);
    expect(plain(answer.text)).to.include('磁盘空间不足，本次操作没有提交');
    expect(answer.text).to.include('河道排污');
    expect(await bureau.knex('case_file').first()).to.equal(undefined);
    await clerk.get('/language?to=en&back=/');
    expect(plain((await clerk.send({ title: '河道排污' })).text)).to.include('The disk is nearly full; nothing was sent');
  });

  it('lets people sign in and read', async () => {
    const clerk = await bureau.clerk('xyb.handler');
    await clerk.get('/incidents').expect(200);
    await clerk.get('/incidents/new').expect(200);
  });
});

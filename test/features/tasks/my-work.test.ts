import { expect } from 'chai';
import { openOffice, plain, type Office } from './office.ts';

/** The count on a tile, by the group it leads to. */
function tile(html: string, group: string): string {
  const found = new RegExp(`href="/\\?show=${group}"><span class="tile-count">([^<]*)<`).exec(html);
  return found?.[1] ?? 'none';
}

const section = (html: string, group: string): string => new RegExp(`<section class="block" aria-labelledby="${group}-title">[\\s\\S]*?</section>`).exec(html)?.[0] ?? '';

describe('my work', function () {
  this.timeout(60_000);
  let office: Office;
  let mine: string[];

  before(async () => {
    office = await openOffice();
    const desk = await office.desk('xyb.handler');
    mine = [];
    for (let n = 0; n < 5; n += 1) mine.push(await office.open());
    for (const caseNo of mine.slice(0, 4)) await desk.send(`${caseNo}-1`, 'claim');
    // A day that is surely over, the last minute of today and of Sunday, and next year.
    const ends = await office.knex.raw<{ rows: { late: Date; today: Date; week: Date; later: Date }[] }>(`
      select now() - interval '5 days' as late,
        (date_trunc('day', now() at time zone 'Asia/Shanghai') + interval '1 day' - interval '1 second') at time zone 'Asia/Shanghai' as today,
        (date_trunc('week', now() at time zone 'Asia/Shanghai') + interval '7 days' - interval '1 second') at time zone 'Asia/Shanghai' as week,
        now() + interval '1 year' as later`);
    const { late, today, week, later } = ends.rows[0]!;
    for (const [n, at] of [late, today, week, later].entries()) await office.knex('case_task').where({ slug: `${mine[n]}-1` }).update({ deadline_at: at });
  });
  after(() => office.close());

  it('stands in groups by when it is due, and the tiles count what they lead to', async function () {
    const desk = await office.desk('xyb.handler');
    const html = await desk.read('/');
    const sunday = (await office.knex.raw<{ rows: { day: number }[] }>("select extract(isodow from now() at time zone 'Asia/Shanghai')::int as day")).rows[0]!.day === 7;
    // On a Sunday the week ends with the day.
    const groups = ['late', 'today', sunday ? 'today' : 'week', 'later'];
    for (const group of ['late', 'today', 'week', 'later']) {
      const expected = mine.slice(0, 4).filter((_, n) => groups[n] === group);
      expect(tile(html, group), group).to.equal(String(expected.length));
      const list = await desk.read(`/?show=${group}`);
      for (const caseNo of mine) expect(list.includes(`/tasks/${caseNo}-1`), `${caseNo} in ${group}`).to.equal(expected.includes(caseNo));
    }
    expect(section(html, 'late')).to.contain(mine[0]).and.to.contain('已逾期 ').and.to.contain('陈思远');
  });

  it('offers what nobody of the unit has claimed, with a button that claims it', async () => {
    const desk = await office.desk('xyb.handler');
    const html = await desk.read('/');
    expect(tile(html, 'claimable')).to.equal('1');
    expect(section(html, 'claimable')).to.contain(`/tasks/${mine[4]}-1/claim`);
    const fresh = await office.open();
    const action = `/tasks/${fresh}-1/claim`;
    const response = await desk.post(action, desk.hiddenOf(await desk.read('/'), action));
    expect(response.status).to.equal(303);
    expect(response.headers['location']).to.equal(`/tasks/${fresh}-1`);
    expect(plain(await desk.read(`/tasks/${fresh}-1`))).to.contain('已认领。请在');
  });

  it('does not offer a task from which one is excluded', async () => {
    const desk = await office.desk('xyb.handler');
    const excluded = await office.open();
    const { id } = await office.knex('person').where({ username: 'xyb.handler' }).first<{ id: string }>('id');
    expect(await desk.read('/?show=claimable')).to.contain(`/tasks/${excluded}-1`);
    await office.knex('case_task').where({ slug: `${excluded}-1` }).update({ excluded: [id] });
    expect(await desk.read('/?show=claimable')).not.to.contain(`/tasks/${excluded}-1`);
  });

  it('does not show the work of another unit, nor a case from which one is recused', async () => {
    const recused = await office.open();
    const { id } = await office.knex('person').where({ username: 'xyb.handler' }).first<{ id: string }>('id');
    const { case_id: caseId } = await office.knex('case_task').where({ slug: `${recused}-1` }).first<{ case_id: string }>('case_id');
    await office.knex('case_recusal').insert({ person: id, case_id: caseId });
    expect(await (await office.desk('xyb.handler')).read('/?show=claimable')).not.to.contain(recused);
    const stranger = await (await office.desk('rsj.handler')).read('/');
    expect(stranger).not.to.match(/XZ-\d{4}-\d{6}/u);
  });

  it('with nothing to do says so kindly', async () => {
    const html = plain(await (await office.desk('rsj.handler')).read('/'));
    expect(html).to.contain('手头没有待办事项').and.to.contain('有新的事项时，会在这里显示');
  });

  it('lists what was done lately, with its outcome', async () => {
    const caseNo = await office.open();
    const desk = await office.desk('xyb.handler');
    await desk.complete(`${caseNo}-1`, { outcome: 'founded', finding: '属实。', apart: '是另一事件。' });
    expect(plain(section(await desk.read('/'), 'done'))).to.contain(caseNo).and.to.contain('属实').and.to.contain('按期完成');
  });

  it('is turned over fifty a page, and each row stands on one page', async () => {
    // Rows as the projection writes them: opening a hundred cases would only take longer.
    await office.knex.raw(`
      insert into case_file (id, kind, definition, case_no, title, status, live, head_seq, head_hash, state, opened_at)
      select gen_random_uuid(), 'incident', 1, 'XZ-2020-' || lpad(n::text, 6, '0'), 'row ' || n, 'open', true, 1, '\\x00', '{}', now() from generate_series(1, 120) n;
      insert into case_party (unit, case_id, opened_at) select 'yjj', id, now() from case_file where case_no like 'XZ-2020-%';
      insert into case_task (case_id, task_id, slug, kind, case_no, title, stage, side, status, unit, role, excluded, deadline_at, provisional, opened_at, late, urged)
      select id, 'handle#1', case_no || '-1', 'incident', case_no, title, 'handle', false, 'open', 'yjj', 'handler', '{}',
        case when right(case_no, 1) = '7' then null else date_trunc('milliseconds', now()) + interval '1 hour' * (right(case_no, 1)::int) end, false, now(), false, 0
      from case_file where case_no like 'XZ-2020-%'`);
    const desk = await office.desk('yjj.handler');
    const seen: string[] = [];
    let path: string | undefined = '/?show=claimable';
    for (let pages = 0; path !== undefined; pages += 1) {
      expect(pages).to.be.lessThan(4);
      const html: string = await desk.read(path);
      seen.push(...[...html.matchAll(/id="claimable-(XZ-2020-\d{6}-1)"/g)].map(([, slug]) => slug!));
      // What is read in one direction does not say that it leads to the page before.
      expect(/rel="first" href="([^"]+)"/.exec(html)?.[1]).to.equal(pages === 0 ? undefined : '/?show=claimable');
      expect(html).to.not.contain('上一页');
      path = /rel="next" href="([^"]+)"/.exec(html)?.[1]?.replaceAll('&amp;', '&');
    }
    expect(seen).to.have.length(120);
    expect(new Set(seen).size).to.equal(120);
    expect(seen.slice(-12).every((slug) => slug.at(-3) === '7'), 'those without a deadline come last').to.be.true;
    expect(tile(await desk.read('/'), 'claimable')).to.equal('120');
  });

  it('refuses a cursor that somebody made up, or that belongs to another list', async () => {
    const desk = await office.desk('yjj.handler');
    await desk.browser.get('/?show=claimable&from=bm90aGluZw.forged').expect(400);
    const next = /from=([^"&]+)"/.exec(await desk.read('/?show=claimable'))?.[1];
    await desk.browser.get(`/?show=late&from=${next}`).expect(400);
  });
});

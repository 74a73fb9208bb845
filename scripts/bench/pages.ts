import type { Knex } from 'knex';
import { Browser, type Answer } from './browser.ts';
import { timesOf, type Times } from './figures.ts';
import { pageNames, statementsOf, type PageName, type Statement, type Subject } from './page-floors.ts';

/** A city with its archive, and the web process that shows it. */
export interface City {
  readonly name: string;
  readonly url: string;
  readonly databaseUrl: string;
  /** What is looked for in it. */
  readonly subject: Subject;
}

export interface PageFigures {
  readonly page: PageName;
  readonly bytes: number;
  readonly times: Times;
  readonly floor: Times;
}

/** Who looks at a page, and its address. */
function visitOf(page: PageName, { caseNo, word, frequent, name }: Subject, second: string): { who: string | null; path: string } {
  const found = (q: string): { who: string; path: string } => ({ who: 'xyb.handler', path: `/incidents?q=${encodeURIComponent(q)}` });
  switch (page) {
    case 'my work':
      return { who: 'xyb.handler', path: '/' };
    case 'overdue board':
      return { who: 'xyb.supervisor', path: '/supervision' };
    case 'one case':
      return { who: 'xyb.handler', path: `/incidents/${caseNo}` };
    case 'incidents':
      return { who: 'xyb.handler', path: '/incidents' };
    case 'incidents, filtered':
      return { who: 'xyb.handler', path: '/incidents?area=foodHygiene&level=major&step=closed' };
    case 'incidents, page 2':
      return { who: 'xyb.handler', path: second };
    case 'incidents of a department':
      return { who: 'scjg.handler', path: '/incidents' };
    case 'search: 2 characters':
      return found(word);
    case 'search: frequent word':
      return found(frequent);
    case 'search: 3 characters':
      return found(name);
    case 'search: number':
      return found(caseNo);
    case 'public list':
      return { who: null, path: '/public/opinions' };
  }
}

/** A case of the archive with an opinion that is public, and words to look for. */
export async function subjectOf(knex: Knex): Promise<Subject> {
  const people: { username: string; id: string }[] = await knex('person').select('username', 'id');
  const found: { case_id: string; case_no: string; title: string } | undefined = await knex('incident')
    .where({ status: 'closed' }).whereRaw('length(case_no) = 15 and exists (select 1 from case_event e where e.case_id = incident.case_id)').orderBy('opened_at', 'desc').first('case_id', 'case_no', 'title');
  if (!found) throw new Error('The archive has no closed case.');
  return {
    people: Object.fromEntries(people.map(({ username, id }) => [username, id])),
    caseId: found.case_id,
    caseNo: found.case_no,
    word: found.title.slice(0, 2),
    name: found.title.slice(0, 3),
    frequent: '食品',
  };
}

/** A page as somebody asks for it, and its floor. */
export interface Visit {
  readonly path: string;
  readonly browser: Browser;
  readonly floorPath: string;
  readonly bytes: number;
}

function checked(path: string, answer: Answer): Answer {
  if (answer.status !== 200) throw new Error(`${path} was answered with ${answer.status}.`);
  return answer;
}

/** Looks at a page once, and sets up its floor: these statements, and as many bytes. */
export async function visitOfPage(
  { path, browser, floorUrl, databaseUrl, statements }:
  { path: string; browser: Browser; floorUrl: string; databaseUrl: string; statements: readonly Statement[] },
): Promise<Visit> {
  const { bytes } = checked(path, await browser.get(path));
  const answer = await fetch(floorUrl, { method: 'POST', body: JSON.stringify({ databaseUrl, statements }) });
  return { path, browser, bytes, floorPath: `/${await answer.text()}?bytes=${bytes}` };
}

async function visitsOf(city: City, floorUrl: string, browsers: Map<string, Browser>): Promise<Visit[]> {
  for (const who of ['xyb.handler', 'xyb.supervisor', 'scjg.handler']) browsers.set(who, await new Browser(city.url).signIn(who));
  const list = checked('/incidents', await browsers.get('xyb.handler')!.get('/incidents'));
  const second = /href="(\/incidents\?[^"]*page=[^"]*)"/u.exec(list.body)?.[1]?.replaceAll('&amp;', '&');
  if (second === undefined) throw new Error('The list has no second page.');
  const visitor = new Browser(city.url);
  browsers.set('', visitor);
  const visits: Visit[] = [];
  for (const page of pageNames) {
    const { who, path } = visitOf(page, city.subject, second);
    visits.push(await visitOfPage({ path, browser: browsers.get(who ?? '')!, floorUrl, databaseUrl: city.databaseUrl, statements: statementsOf(page, city.subject) }));
  }
  return visits;
}

const warmUps = 8;

/** Visits and their floors in turn, so that all have the same minutes; what comes first warms them up. */
export async function inTurn(visits: readonly Visit[], bare: Browser, rounds: number): Promise<{ times: Times; floor: Times }[]> {
  const samples = visits.map(() => ({ page: [] as number[], floor: [] as number[] }));
  for (let round = -warmUps; round < rounds; round += 1) {
    for (const [n, { browser, path, floorPath }] of visits.entries()) {
      const { ms } = checked(path, await browser.get(path));
      const { ms: floor } = checked(floorPath, await bare.get(floorPath));
      if (round < 0) continue;
      samples[n]!.page.push(ms);
      samples[n]!.floor.push(floor);
    }
  }
  return samples.map(({ page, floor }) => ({ times: timesOf(page), floor: timesOf(floor) }));
}

/** Pages of all cities and their floors. */
export async function measurePages(
  { cities, floorUrl, rounds, progress }:
  { cities: readonly City[]; floorUrl: string; rounds: number; progress(text: string): void },
): Promise<Map<string, PageFigures[]>> {
  const open: Browser[] = [];
  const bare = new Browser(floorUrl);
  open.push(bare);
  try {
    const all: { city: City; visits: Visit[] }[] = [];
    for (const city of cities) {
      const browsers = new Map<string, Browser>();
      all.push({ city, visits: await visitsOf(city, floorUrl, browsers) });
      open.push(...browsers.values());
    }
    const figures = new Map<string, PageFigures[]>(cities.map(({ name }) => [name, []]));
    for (const [n, page] of pageNames.entries()) {
      const measured = await inTurn(all.map(({ visits }) => visits[n]!), bare, rounds);
      for (const [c, { city, visits }] of all.entries()) figures.get(city.name)!.push({ page, bytes: visits[n]!.bytes, ...measured[c]! });
      progress(page);
    }
    return figures;
  } finally {
    for (const browser of open) browser.close();
  }
}

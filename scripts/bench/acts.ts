import { randomUUID } from 'node:crypto';
import { madeUpUscc } from '../../src/demo/firms.ts';
import type { Browser } from './browser.ts';
import { timesOf, type Times } from './figures.ts';
import type { Floor } from './floor.ts';

export const actKinds = ['comment', 'claim', 'complete', 'open'] as const;
export type ActKind = (typeof actKinds)[number];

export interface ActFigures {
  readonly one: Record<ActKind, Times>;
  readonly floor: Times;
  /** A bare workflow started together with its first Update: what opening a case is held against. */
  readonly floorStart: Times;
  /** Comments on cases of their own, so many at once. */
  readonly many: { readonly acts: Times; readonly floor: Times; readonly actsASecond: number; readonly floorASecond: number };
}

export interface ActOptions {
  browser: Browser;
  floor: Floor;
  /** Cases that are opened and worked on, one after the other. */
  rounds: number;
  atOnce: number;
  progress(text: string): void;
}

const today = (): string => new Date(Date.now() + 8 * 3_600_000).toISOString().slice(0, 10);

/** Works on fresh cases as a person does, through the web. */
function desk(browser: Browser) {
  /** Gives the milliseconds that it took. @throws when the answer is not that of an act that was recorded. */
  async function act(path: string, fields: Record<string, string>): Promise<{ ms: number; location: string }> {
    const { status, headers, body, ms } = await browser.post(path, { commandId: randomUUID(), seenVersion: '1000000', ...fields });
    if (status !== 303) throw new Error(`POST ${path} was answered with ${status}: ${/<h1[^>]*>[^<]*/u.exec(body)?.[0] ?? ''}`);
    return { ms, location: headers.location ?? '' };
  }
  return {
    async open(n: number): Promise<{ ms: number; caseNo: string }> {
      const { ms, location } = await act('/incidents', {
        field: 'commerce', area: 'other', title: `测量用事件第${n}号`, what: '仅供测量。', region: 'suyu', place: '市区', occurredOn: today(),
        'subjects[0][kind]': 'organisation', 'subjects[0][name]': `测量${n}号有限公司`, 'subjects[0][code]': madeUpUscc(Math.random), do: 'send',
      });
      return { ms, caseNo: location.split('/').at(-1)! };
    },
    claim: async (caseNo: string) => (await act(`/tasks/${caseNo}-1/claim`, {})).ms,
    comment: async (caseNo: string) => (await act(`/tasks/${caseNo}-1/comment`, { text: '已电话联系经营者，正在调取进货台账。' })).ms,
    complete: async (caseNo: string) => (await act(`/tasks/${caseNo}-1/complete`, { outcome: 'founded', finding: '经核查，情况属实。', apart: '是另一事件。' })).ms,
  };
}

async function lanes(n: number, times: number, work: (lane: number) => Promise<number>): Promise<{ samples: number[]; seconds: number }> {
  const began = performance.now();
  const samples = await Promise.all(Array.from({ length: n }, async (_, lane) => {
    const own: number[] = [];
    for (let i = 0; i < times; i += 1) own.push(await work(lane));
    return own;
  }));
  return { samples: samples.flat(), seconds: (performance.now() - began) / 1000 };
}

const warmUps = 5;

/** Acts and the bare workflow in turn, so that both have the same minute. */
export async function measureActs({ browser, floor, rounds, atOnce, progress }: ActOptions): Promise<ActFigures> {
  const work = desk(browser);
  const one: Record<ActKind, number[]> = { open: [], claim: [], comment: [], complete: [] };
  const bare: number[] = [];
  const started: number[] = [];
  const open: string[] = [];

  for (let n = -warmUps; n < rounds; n += 1) {
    const { ms: opened, caseNo } = await work.open(n + warmUps);
    const start = await floor.start();
    const touched = [await floor.touch(0)];
    const claimed = await work.claim(caseNo);
    touched.push(await floor.touch(0));
    const commented = await work.comment(caseNo);
    touched.push(await floor.touch(0));
    const spared = open.length < atOnce;
    const completed = spared ? null : await work.complete(caseNo);
    if (spared) open.push(caseNo);
    else touched.push(await floor.touch(0));
    if (n < 0) continue;
    one.open.push(opened);
    one.claim.push(claimed);
    one.comment.push(commented);
    if (completed !== null) one.complete.push(completed);
    bare.push(...touched);
    started.push(start);
    if ((n + 1) % 20 === 0) progress(`${n + 1} of ${rounds} cases opened, claimed, commented on and verified`);
  }

  const each = 10;
  const blocks = 4;
  const many = { acts: [] as number[], floor: [] as number[], actSeconds: 0, floorSeconds: 0 };
  for (let block = 0; block < blocks; block += 1) {
    const acts = await lanes(atOnce, each, (lane) => work.comment(open[lane]!));
    const touched = await lanes(atOnce, each, (lane) => floor.touch(lane));
    many.acts.push(...acts.samples);
    many.actSeconds += acts.seconds;
    many.floor.push(...touched.samples);
    many.floorSeconds += touched.seconds;
  }
  progress(`${many.acts.length} comments, ${atOnce} at once`);
  return {
    one: { open: timesOf(one.open), claim: timesOf(one.claim), comment: timesOf(one.comment), complete: timesOf(one.complete) },
    floor: timesOf(bare),
    floorStart: timesOf(started),
    many: {
      acts: timesOf(many.acts),
      floor: timesOf(many.floor),
      actsASecond: many.acts.length / many.actSeconds,
      floorASecond: many.floor.length / many.floorSeconds,
    },
  };
}

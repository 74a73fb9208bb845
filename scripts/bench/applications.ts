import { randomUUID } from 'node:crypto';
import type { Knex } from 'knex';
import type { ChainSettings } from '../../src/platform/chain.ts';
import type { Law } from '../../src/platform/law.ts';
import { storeRecords } from '../../src/platform/records/append.ts';
import { subjectsNamed } from '../../src/platform/records/subjects.ts';
import type { Seal } from '../../src/platform/seal.ts';
import { dateAt, dateOf, dayNumber } from '../../src/rules/calendar/index.ts';
import type { RecordFacts } from '../../src/rules/records/facts.ts';
import { Browser } from './browser.ts';
import { timesOf, type Times } from './figures.ts';
import { firmOf } from './firms.ts';
import type { Floor } from './floor.ts';
import { visitor } from './record-pages.ts';

export interface ApplicationFigures {
  readonly applications: Times;
  readonly floor: Times;
}

export interface ApplicationOptions {
  readonly knex: Knex;
  readonly law: Law;
  readonly chain: ChainSettings;
  readonly seal: Seal;
  readonly url: string;
  readonly floor: Floor;
  readonly rounds: number;
  progress(text: string): void;
}

const warmUps = 5;
/** Of a fine that is general: public for a year at least, and to be repaired after three months. */
const daysAgo = 150;
const firm = firmOf(7_000_000);
const portal = '/public/portal';

/** Records of one firm for which repair may be asked today. */
async function repairable({ knex, law, chain, seal }: ApplicationOptions, count: number): Promise<string[]> {
  const today = dayNumber(dateAt(law.calendar, Date.now()));
  return knex.transaction(async (trx) => {
    const [found] = await subjectsNamed(trx, seal, [{ kind: 'organisation', ...firm }], { person: null, reason: 'bench' });
    if (!found || !('subject' in found)) throw new Error('The firm is known under another name.');
    const facts: Omit<RecordFacts, 'documentNo'> = {
      kind: 'penalty', subject: found.subject, unit: 'yjj', decidedOn: dateOf(today - daysAgo), publishedOn: null, penaltyKinds: ['fine'], summaryProcedure: false, fine: 30_000, confiscated: 0,
      domain: 'workSafety', legalBasis: '《中华人民共和国安全生产法》第九十七条', act: '未按规定进行安全生产教育和培训。', decision: '罚款30000元。', performed: true,
    };
    const news = Array.from({ length: count }, (_, n) => ({ id: randomUUID(), source: 'form' as const, facts: { ...facts, documentNo: `宿应急罚〔2026〕${900_000 + n}号` } }));
    const stored = await storeRecords(trx, news, { law, chain, at: `${dateOf(today - daysAgo + 2)}T02:00:00.000Z`, actor: null, requestId: null });
    const kept = stored.find(({ state }) => state.status !== 'published');
    if (kept) throw new Error(`${kept.state.facts.documentNo} is not public.`);
    return stored.map(({ id }) => id);
  });
}

/** A small paper, each another one. */
const paper = (field: string, name: string): { field: string; name: string; content: string } =>
  ({ field, name, content: `%PDF-1.4\n% ${randomUUID()}\n1 0 obj\n<< /Type /Catalog >>\nendobj\ntrailer << /Root 1 0 R >>\n%%EOF\n` });

/** An account that speaks for the firm: it asked with its licence, and the credit office confirmed. */
async function bound({ knex, url }: ApplicationOptions): Promise<Browser> {
  const applicant = await visitor(url).signInByLink(`${randomUUID()}@example.com`, async () => {
    const row: { text: string } | undefined = await knex('mail').where({ template: 'signInLink' }).orderBy('queued_at', 'desc').first('text');
    const link = /\/public\/portal\/sign-in\/[\w-]{43}/u.exec(row?.text ?? '')?.[0];
    if (link === undefined) throw new Error('The letter has no link.');
    return link;
  });
  const commandId = randomUUID();
  const asked = await applicant.postParts(`${portal}/firms/new`, { commandId, uscc: firm.uscc, name: firm.name }, [paper('proof', '营业执照.pdf')]);
  if (asked.status !== 303) throw new Error(`Speaking for a firm was answered with ${asked.status}.`);
  const office = await new Browser(url).signIn('xyb.handler');
  const decided = await office.post(`/portal-bindings/${commandId}`, { outcome: 'confirmed', reason: '' });
  office.close();
  if (decided.status !== 303) throw new Error(`The credit office's decision was answered with ${decided.status}.`);
  return applicant;
}

/** Asks for repair as a firm does, with a proof and its commitment, from the form that is sent to the page that says it arrived. */
export async function measureApplications(options: ApplicationOptions): Promise<ApplicationFigures> {
  const { floor, rounds, progress } = options;
  const records = await repairable(options, warmUps + rounds);
  const applicant = await bound(options);
  progress(`${records.length} records to be repaired, and an account that speaks for their firm`);
  const samples = { applications: [] as number[], floor: [] as number[] };
  try {
    for (const [n, record] of records.entries()) {
      const { status, body, ms } = await applicant.postParts(
        `${portal}/records/${record}/repair`,
        { commandId: randomUUID(), do: 'send', statement: '罚款已于规定期限内缴纳，隐患已整改完毕并经复查合格。', truthful: 'yes' },
        [paper('proof', '缴款凭证.pdf'), paper('commitment', '信用承诺书.pdf')],
      );
      if (status !== 303) throw new Error(`An application was answered with ${status}: ${/<h1[^>]*>[^<]*/u.exec(body)?.[0] ?? ''}`);
      const touched = await floor.start();
      if (n < warmUps) continue;
      samples.applications.push(ms);
      samples.floor.push(touched);
    }
  } finally {
    applicant.close();
  }
  return { applications: timesOf(samples.applications), floor: timesOf(samples.floor) };
}

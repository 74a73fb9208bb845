import type { Knex } from 'knex';
import { dateOf, type Calendar } from '../rules/calendar/index.ts';
import type { FileRef } from '../rules/casefile/types.ts';
import type { RecordSubject } from '../rules/records/facts.ts';
import type { RecordHold } from '../rules/records/file.ts';
import type { ChainSettings } from '../platform/chain.ts';
import type { Law } from '../platform/law.ts';
import type { Storage } from '../platform/storage.ts';
import { changeRecords, storeRecords, type NewRecord } from '../platform/records/append.ts';
import { subjectsNamed } from '../platform/records/subjects.ts';
import type { Seal } from '../platform/seal.ts';
import { actorOf } from '../rules/casefile/commands.ts';
import type { Cast } from './cast.ts';
import { madeUpUscc, sequence } from './firms.ts';
import { demoId } from './ids.ts';
import { paperOf } from './papers.ts';
import { penaltyPlots, usages, type PenaltyPlot } from './penalties.ts';
import { demoService } from './services.ts';

const firms = 300;
const records = 400;
/** Days over which the decisions are spread. */
const days = 1100;

/** Names of made-up firms: a town and one of each, so that no two are alike. */
const towns = ['宿迁', '宿城', '宿豫', '沭阳', '泗阳', '泗洪'];
const first = [...'恒润金明新嘉楚众同锦晨瑞华泰兴永德信达安'];
const second = [...'泽诚禾远湖源川舟程光丰盛和昌福'];

export interface DemoRecord {
  readonly id: string;
  readonly plot: PenaltyPlot;
  readonly documentNo: string;
  /** Day of the calendar on which it was decided. */
  readonly decided: number;
  readonly fine: number;
  readonly firm: { readonly name: string; readonly uscc: string };
  readonly performed: boolean;
  readonly usedBy: (typeof usages)[number] | null;
  /** Held back by a court: the reorganisation of the firm, or a stay of execution. */
  readonly hold: RecordHold | null;
}

const holds: Readonly<Record<RecordHold, { because: string; reason: string }>> = {
  shield: { because: '（2026）苏13破2号', reason: '法院裁定批准重整计划，重整期间暂时屏蔽。' },
  stay: { because: '（2026）苏13行初15号', reason: '法院裁定停止执行，诉讼期间暂停公示。' },
};

/** The records of the demo city, the same at every start; `today` is a day of the calendar. */
export function demoRecords(today: number): DemoRecord[] {
  const random = sequence(2026_04_01);
  const all = Array.from({ length: firms }, (_, n) => {
    const plot = penaltyPlots[n % penaltyPlots.length]!;
    const word = first[n % first.length]! + second[Math.floor(n / first.length)]!;
    return { plot, name: `${towns[n % towns.length]!}${word}${plot.trade}`, uscc: madeUpUscc(random) };
  });
  return Array.from({ length: records }, (_, n) => {
    const { plot, ...firm } = all[n % firms]!;
    // The older, the rarer: most of what is public is of the last year.
    const decided = today - 3 - Math.floor(random() ** 1.6 * days);
    const [least, most] = plot.fine;
    const year = dateOf(decided).slice(0, 4);
    return {
      id: demoId(`record ${n + 1}`),
      plot,
      documentNo: `宿${plot.letters}〔${year}〕${n + 1}号`,
      decided,
      fine: most === 0 ? 0 : Math.round((least + random() * (most - least)) / 1000) * 1000,
      firm,
      performed: random() < 0.7,
      usedBy: random() < 0.3 ? usages[n % usages.length]! : null,
      hold: n % 97 === 5 ? 'shield' : n % 89 === 7 ? 'stay' : null,
    };
  });
}

export interface DemoRecordsParts {
  readonly knex: Knex;
  readonly law: Law;
  readonly chain: ChainSettings;
  readonly seal: Seal;
  readonly storage: Storage;
  readonly cast: Cast;
  readonly calendar: Calendar;
  readonly now: number;
  progress(written: number, total: number): void;
}

async function subjectOf(trx: Knex.Transaction, { firm, documentNo }: DemoRecord, { seal }: DemoRecordsParts): Promise<RecordSubject> {
  const [found] = await subjectsNamed(trx, seal, [{ kind: 'organisation', ...firm, difference: 'renamed' }], { person: null, reason: documentNo });
  if (!found || !('subject' in found)) throw new Error(`no subject for ${documentNo}`);
  return found.subject;
}

async function writeRecord(record: DemoRecord, n: number, proof: FileRef, parts: DemoRecordsParts): Promise<void> {
  const { knex, law, chain, cast, calendar, now } = parts;
  const { plot, decided, fine } = record;
  const actor = actorOf(cast.find(plot.unit, 'handler'));
  // Entered some days after the decision, at office hours; recorded now, as every event says both.
  const entered = calendar.opensOn(decided + 2) + 3_600_000;
  const recordedAt = new Date(now).toISOString();
  await knex.transaction(async (trx) => {
    const subject = await subjectOf(trx, record, parts);
    const news: NewRecord = {
      id: record.id,
      source: 'api',
      facts: {
        kind: plot.kind, subject, unit: plot.unit, documentNo: record.documentNo, decidedOn: dateOf(decided), publishedOn: dateOf(decided + 2),
        penaltyKinds: plot.kinds, summaryProcedure: plot.summaryProcedure ?? false, fine, confiscated: 0, domain: plot.domain, legalBasis: plot.legalBasis,
        act: plot.act, decision: plot.decision.replace('{fine}', fine.toLocaleString('en-US')), performed: record.performed,
      },
    };
    const writing = { law, chain, at: new Date(entered).toISOString(), recordedAt, actor, requestId: null };
    const [stored] = await storeRecords(trx, [news], writing);
    if (stored?.outcome !== 'stored') return;
    const later = (dayOf: number): string => new Date(calendar.opensOn(decided + dayOf) + 7_200_000).toISOString();
    if (record.usedBy !== null) {
      const { unit, measure, legalBasis: basis } = record.usedBy;
      const by = actorOf(cast.find(unit, 'handler'));
      await changeRecords(trx, { ...writing, at: later(3), actor: by, key: 'demo-used', changes: [{ record: record.id, draft: { type: 'record.used', unit, measure, legalBasis: basis } }] });
    }
    const service = demoService(stored.state, n, { law, calendar, decided, today: calendar.dayAt(now), proof });
    if (service) {
      await changeRecords(trx, { ...writing, at: later(4), key: 'demo-served', changes: [{ record: record.id, draft: { type: 'record.served', service, corrects: null, reason: null } }] });
    }
    if (record.hold !== null) {
      const { hold } = record;
      await changeRecords(trx, { ...writing, at: recordedAt, key: 'demo-held', changes: [{ record: record.id, draft: { type: 'record.held', hold, ...holds[hold] } }] });
    }
  });
}

/** Writes the records of the demo city through the same steps as in life; those that are there are left as they are. */
export async function seedRecords(parts: DemoRecordsParts): Promise<void> {
  const known = new Set<string>(await parts.knex('record').pluck('id'));
  const missing = demoRecords(parts.calendar.dayAt(parts.now)).filter(({ id }) => !known.has(id));
  if (missing.length === 0) return;
  const proof = await paperOf(parts.storage, '送达回证.txt', '演示材料\n\n认定文书、信用修复告知书已送达。\n');
  for (const [n, record] of missing.entries()) {
    await writeRecord(record, n, proof, parts);
    parts.progress(n + 1, missing.length);
  }
}

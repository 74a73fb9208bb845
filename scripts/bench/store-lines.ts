import type { Knex } from 'knex';
import type { ChainSettings } from '../../src/platform/chain.ts';
import type { Law } from '../../src/platform/law.ts';
import { storeRecords, type Stored } from '../../src/platform/records/append.ts';
import { subjectsNamed, type NamedSubject } from '../../src/platform/records/subjects.ts';
import type { Seal } from '../../src/platform/seal.ts';
import { checkResidentId, checkUscc } from '../../src/rules/codes/index.ts';
import { penaltyKinds, recordDomains, recordKinds, type RecordFacts } from '../../src/rules/records/facts.ts';
import type { PenaltyLine } from './penalties.ts';

function oneOf<T extends string>(all: readonly T[], text: string): T {
  const found = all.find((one) => one === text);
  if (found === undefined) throw new Error(`${text} is none of ${all.join(', ')}.`);
  return found;
}

function named({ kind, name, code }: PenaltyLine, today: string): NamedSubject {
  const check = kind === 'person' ? checkResidentId(code, today) : checkUscc(code);
  if (check.verdict === 'bad') throw new Error(`${code}: ${check.reason?.key}`);
  return kind === 'person' ? { kind, name, idNumber: check.code } : { kind: 'organisation', name, uscc: check.code };
}

/** Stores the records of some lines of the file: codes checked, subjects found or made, class and term by rule. */
export async function storeLines(
  trx: Knex.Transaction,
  lines: readonly PenaltyLine[],
  { law, chain, seal, at, idOf }: { law: Law; chain: ChainSettings; seal: Seal; at: string; idOf(): string },
): Promise<Stored[]> {
  const today = at.slice(0, 10);
  const found = await subjectsNamed(trx, seal, lines.map((line) => named(line, today)), { person: null, reason: 'bench' });
  const news = lines.map((line, n) => {
    const answer = found[n]!;
    if (!('subject' in answer)) throw new Error(`${line.code} is known under another name.`);
    const facts: RecordFacts = {
      kind: oneOf(recordKinds, line.recordKind), subject: answer.subject, unit: line.unit, documentNo: line.documentNo, decidedOn: line.decidedOn, publishedOn: null,
      penaltyKinds: line.penaltyKinds === '' ? [] : line.penaltyKinds.split(';').map((kind) => oneOf(penaltyKinds, kind)),
      summaryProcedure: false, fine: Number(line.fine), confiscated: 0, domain: oneOf(recordDomains, line.domain), legalBasis: line.legalBasis,
      act: line.act, decision: line.decision, performed: line.performed === 'yes',
    };
    return { id: idOf(), facts, source: 'spreadsheet' as const };
  });
  return storeRecords(trx, news, { law, chain, at, actor: null, requestId: null });
}

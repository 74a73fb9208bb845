import type { Request } from 'express';
import { actingAs } from '../../platform/casefile/acting.ts';
import type { CaseGateway } from '../../platform/casefile/gateway.ts';
import type { Files } from '../../platform/files.ts';
import { Conflict, Unavailable } from '../../platform/http/errors.ts';
import type { Ground } from '../../platform/http/feature.ts';
import { createMoments } from '../../platform/http/moments.ts';
import type { ReadLaw } from '../../platform/law.ts';
import type { Seal } from '../../platform/seal.ts';
import { actorOf } from '../../rules/casefile/commands.ts';
import type { NewCase } from '../../rules/casefile/ports.ts';
import type { Form as CaseForm } from '../../rules/casefile/types.ts';
import { maskEmail, maskName } from '../../rules/masking/index.ts';
import type { RepairChannel, RepairOpening } from '../../rules/repair/facts.ts';
import { bannedUntil, firstDay, openAlone, openCaseOf, papersOf, standingBar, timeBar, todayOf, type ArrivedPaper, type Bar, type OwnRecord } from '../portal/index.ts';

/** What an application that a person of the house enters needs. */
export interface OpenParts {
  readonly ground: Ground;
  readonly gateway: CaseGateway;
  readonly readLaw: ReadLaw;
  readonly files: Files;
  readonly seal: Seal;
}

/** An application that comes by a window or from the upstream platform: nobody's account speaks for the subject. */
export interface EnteredApplication {
  readonly caseId: string;
  readonly channel: Exclude<RepairChannel, 'portal'>;
  readonly record: OwnRecord;
  /** Who enters it. */
  readonly person: Express.User;
  readonly name: string;
  readonly mail: string | null;
  readonly agent: boolean;
  readonly statement: string;
  readonly papers: readonly ArrivedPaper[];
  readonly requestId: string;
}

export const subjectOf = ({ state: { facts } }: OwnRecord): string => (facts.subject.kind === 'organisation' ? facts.subject.name : facts.subject.masked);

/** Why no application is taken on the record, as on the portal; `own` names the case that is open. */
export async function barOf({ ground: { knex, clock }, readLaw }: OpenParts, record: OwnRecord): Promise<Bar | null> {
  const today = todayOf(clock());
  const standing = standingBar('repair', record);
  if (standing) return standing;
  const open = await openCaseOf(knex, 'repair', record.id);
  if (open) return { why: 'own', caseNo: open.caseNo };
  const until = await bannedUntil(knex, record.state.facts.subject.id, today);
  if (until !== null) return { why: 'banned', day: until };
  return timeBar(firstDay(record, await readLaw(), today), today);
}

/** Which of the sentences `portal:barred.*` says so, and what stands in it. */
export function sentenceOf({ t, locale }: Pick<Request, 't' | 'locale'>, record: OwnRecord, bar: Bar): { why: string; params: Record<string, string> } {
  const moments = createMoments(t);
  return {
    why: bar.why === 'early' && bar.other !== null ? 'earlyTwo' : bar.why,
    params: {
      unit: locale === 'en' ? record.unitNameEn : record.unitName,
      ...('day' in bar ? { day: moments.day(bar.day).text } : {}),
      ...('other' in bar && bar.other !== null ? { other: moments.day(bar.other).text } : {}),
      ...('caseNo' in bar ? { caseNo: bar.caseNo } : {}),
    },
  };
}

/**
 * Makes it a case, with the papers kept for good and the applicant's address sealed under it.
 * @returns its number.
 * @throws Conflict when another case about the record was opened meanwhile; Unavailable when it was not recorded, or nobody knows.
 */
export async function openRepair({ ground, gateway, readLaw, files, seal }: OpenParts, of: EnteredApplication): Promise<string> {
  const { knex, clock, i18n } = ground;
  const { caseId, channel, record, person, name, mail, agent, statement, requestId } = of;
  const creditOffice = (await ground.units.all()).find(({ kind, active }) => kind === 'creditOffice' && active);
  if (!creditOffice) throw new Conflict('errors:noOffice.creditOffice');
  const { facts } = record.state;
  const { papers, files: refs } = papersOf(of.papers);
  const shown = facts.subject.kind === 'organisation' && name === subjectOf(record) ? name : maskName(name);
  const opening: RepairOpening = {
    offices: { creditOffice: creditOffice.id },
    unit: facts.unit,
    record: { id: record.id, documentNo: facts.documentNo, decidedOn: facts.decidedOn },
    subject: facts.subject,
    channel,
    applicant: { account: null, masked: mail === null ? shown : `${shown} ${maskEmail(mail)}`, agent },
    statement,
    papers,
    ...firstDay(record, await readLaw(), todayOf(clock())),
  };
  const openingCase: NewCase = {
    kind: 'repair',
    // The title belongs to the file, whatever language the one who enters it reads.
    title: i18n.translator('zh-CN')('portal:caseTitle.repair', { subject: subjectOf(record), documentNo: facts.documentNo }),
    opening: opening as unknown as CaseForm,
    files: refs,
    actor: actorOf(actingAs(person)),
    requestId,
  };
  await files.keep(refs);
  if (mail !== null) await seal.reporter(knex, caseId, { name, mail });
  try {
    return await openAlone(knex, { kind: 'repair', record: record.id, caseId }, async () => (await gateway.open(caseId, openingCase)).caseNo);
  } catch (error) {
    // What will never be recorded leaves no address behind.
    if (error instanceof Conflict || (error instanceof Unavailable && error.recorded === 'no')) await seal.forgetReporter(knex, caseId);
    throw error;
  }
}

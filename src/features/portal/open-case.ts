import { Conflict, Unavailable } from '../../platform/http/errors.ts';
import type { NewCase } from '../../rules/casefile/ports.ts';
import { applicantAudience, type Form } from '../../rules/casefile/types.ts';
import type { ObjectionGround, ObjectionOpening } from '../../rules/objection/facts.ts';
import type { Applicant, RepairOpening } from '../../rules/repair/facts.ts';
import type { FirstDay } from '../../rules/repair/law.ts';
import { papersOf, type ArrivedPaper } from './papers.ts';
import { addressOf, type Portal } from './parts.ts';
import { openAlone, type OwnRecord } from './records.ts';
import type { Visitor } from './visitors.ts';

/** What an application says, whichever it is. */
interface Application {
  /** Made with the form, so that one sent twice is one case. */
  readonly caseId: string;
  readonly visitor: Visitor;
  readonly record: OwnRecord;
  readonly agent: boolean;
  readonly statement: string;
  readonly papers: readonly ArrivedPaper[];
  readonly requestId: string;
}

export type NewApplication = Application & ({ readonly kind: 'repair'; readonly first: FirstDay } | { readonly kind: 'objection'; readonly ground: ObjectionGround });

const nameOf = ({ state: { facts } }: OwnRecord): string => (facts.subject.kind === 'organisation' ? facts.subject.name : facts.subject.masked);

function openingOf(of: NewApplication, creditOffice: string): RepairOpening | ObjectionOpening {
  const { facts } = of.record.state;
  const applicant: Applicant = { account: of.visitor.account, masked: of.visitor.masked, agent: of.agent };
  const common = {
    offices: { creditOffice },
    unit: facts.unit,
    record: { id: of.record.id, documentNo: facts.documentNo, decidedOn: facts.decidedOn },
    subject: facts.subject,
    channel: 'portal',
    applicant,
    statement: of.statement,
    papers: papersOf(of.papers).papers,
  } as const;
  if (of.kind === 'objection') return { ...common, ground: of.ground };
  const { repairableFrom, lawOf, otherLaw } = of.first;
  return { ...common, repairableFrom, lawOf, otherLaw };
}

/**
 * Makes an application or an objection a case, with the papers kept for good and the applicant's address sealed under it.
 * @returns its number.
 * @throws Unavailable when it was not recorded, or nobody knows.
 */
export async function openApplication({ ground: { knex, units }, gateway, files, seal }: Portal, of: NewApplication, title: (subject: string, documentNo: string) => string): Promise<string> {
  const office = (await units.all()).find(({ kind, active }) => kind === 'creditOffice' && active);
  if (!office) throw new Conflict('errors:noOffice.creditOffice');
  const mail = await addressOf(knex, seal, of.visitor.account);
  const { files: refs } = papersOf(of.papers);
  const opening: NewCase = {
    kind: of.kind,
    title: title(nameOf(of.record), of.record.state.facts.documentNo),
    opening: openingOf(of, office.id) as unknown as Form,
    files: refs,
    actor: { person: of.visitor.account, name: of.visitor.masked, unit: applicantAudience.unit },
    requestId: of.requestId,
  };
  await files.keep(refs);
  if (mail !== undefined) await seal.reporter(knex, of.caseId, { name: null, mail });
  try {
    return await openAlone(knex, { kind: of.kind, record: of.record.id, caseId: of.caseId }, async () => (await gateway.open(of.caseId, opening)).caseNo);
  } catch (error) {
    // What will never be recorded leaves no address behind.
    if (error instanceof Conflict || (error instanceof Unavailable && error.recorded === 'no')) await seal.forgetReporter(knex, of.caseId);
    throw error;
  }
}

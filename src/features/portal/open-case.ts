import { Conflict, Unavailable } from '../../platform/http/errors.ts';
import { Refused } from '../../platform/casefile/gateway.ts';
import { officeOf } from '../../platform/units.ts';
import { actorOf, type Acting } from '../../rules/casefile/commands.ts';
import type { NewCase } from '../../rules/casefile/ports.ts';
import { applicantAudience, type Form } from '../../rules/casefile/types.ts';
import type { ObjectionGround, ObjectionJoin, ObjectionOpening } from '../../rules/objection/facts.ts';
import type { Applicant, RepairChannel, RepairOpening } from '../../rules/repair/facts.ts';
import type { FirstDay } from '../../rules/repair/law.ts';
import { objectionsAbout, wayOf, type EarlierObjection } from './objections.ts';
import { papersOf, type ArrivedPaper } from './papers.ts';
import { addressOf, type Portal } from './parts.ts';
import { openAlone, type OwnRecord } from './records.ts';
import type { Visitor } from './visitors.ts';

/** Who sends it, and how: a visitor of the portal himself, or a clerk at a window for him. */
export interface Sender {
  readonly channel: RepairChannel;
  readonly applicant: Applicant;
  /** Who acts: the visitor, nobody of the house, or the clerk. */
  readonly acting: Acting;
  /** Where the applicant is told what becomes of it; undefined where he left no address. */
  readonly contact: { readonly name: string | null; readonly mail: string } | undefined;
}

/** What an application says, whichever it is. */
interface Application {
  /** Made with the form, so that one sent twice is one case. */
  readonly commandId: string;
  readonly sender: Sender;
  readonly record: OwnRecord;
  readonly statement: string;
  readonly papers: readonly ArrivedPaper[];
  readonly requestId: string;
}

export type NewRepair = Application & { readonly first: FirstDay };
/** `fresh`: with evidence that was not there when an objection on the same ground was rejected. */
export type NewObjection = Application & { readonly ground: ObjectionGround; readonly fresh: boolean };

/** What the sending needs. */
export type Sending = Pick<Portal, 'gateway' | 'files' | 'seal'> & { readonly ground: Pick<Portal['ground'], 'knex' | 'units' | 'i18n'> };

export const nameOf = ({ state: { facts } }: OwnRecord): string => (facts.subject.kind === 'organisation' ? facts.subject.name : facts.subject.masked);

/** The visitor as one who sends. */
export async function visitorSends({ ground: { knex }, seal }: Portal, { account, masked }: Visitor, agent: boolean): Promise<Sender> {
  const mail = await addressOf(knex, seal, account);
  return {
    channel: 'portal',
    applicant: { account, masked, agent },
    acting: { id: account, name: masked, unit: applicantAudience.unit, roles: [] },
    contact: mail === undefined ? undefined : { name: null, mail },
  };
}

/** What is sealed under an id is forgotten when what it belongs to will never be recorded. */
async function withContact<T>({ ground: { knex }, seal }: Sending, id: string, contact: Sender['contact'], work: () => Promise<T>): Promise<T> {
  if (contact) await seal.reporter(knex, id, contact);
  try {
    return await work();
  } catch (error) {
    if (error instanceof Conflict || error instanceof Refused || (error instanceof Unavailable && error.recorded === 'no')) await seal.forgetReporter(knex, id);
    throw error;
  }
}

/** Makes it a case, with the papers kept for good and the applicant's address sealed under it; gives its number. */
async function open(sending: Sending, of: Application, more: Pick<RepairOpening, keyof FirstDay> | Pick<ObjectionOpening, 'ground'>): Promise<string> {
  const { ground: { knex, units, i18n }, gateway, files } = sending;
  const office = officeOf(await units.all());
  if (!office) throw new Conflict('errors:noOffice.creditOffice');
  const { facts } = of.record.state;
  const kind = 'ground' in more ? 'objection' : 'repair';
  const { papers, files: refs } = papersOf(of.papers);
  const opening: RepairOpening | ObjectionOpening = {
    offices: { creditOffice: office.id },
    unit: facts.unit,
    record: { id: of.record.id, documentNo: facts.documentNo, decidedOn: facts.decidedOn },
    subject: facts.subject,
    channel: of.sender.channel,
    applicant: of.sender.applicant,
    statement: of.statement,
    papers,
    ...more,
  };
  const newCase: NewCase = {
    kind,
    // The title belongs to the file, whatever language the applicant reads.
    title: i18n.translator('zh-CN')(`portal:caseTitle.${kind}`, { subject: nameOf(of.record), documentNo: facts.documentNo }),
    opening: opening as unknown as Form,
    files: refs,
    actor: actorOf(of.sender.acting),
    requestId: of.requestId,
  };
  await files.keep(refs);
  const about = { kind, record: of.record.id, ground: 'ground' in more ? more.ground : null, caseId: of.commandId } as const;
  const { caseNo } = await withContact(sending, of.commandId, of.sender.contact, () => openAlone(knex, about, () => gateway.open(of.commandId, newCase)));
  return caseNo;
}

/**
 * Opens an application for repair.
 * @returns its number.
 * @throws Conflict when another one is open, Unavailable when it was not recorded, or nobody knows.
 */
export async function openRepair(sending: Sending, of: NewRepair): Promise<string> {
  const { repairableFrom, lawOf, otherLaw } = of.first;
  return open(sending, of, { repairableFrom, lawOf, otherLaw });
}

/** 并案: hands what he says and brings to the case that is about the same. @throws Refused when that one takes nothing more. */
async function join(sending: Sending, of: NewObjection, earlier: EarlierObjection): Promise<string> {
  const { papers, files: refs } = papersOf(of.papers);
  const form: ObjectionJoin = { channel: of.sender.channel, applicant: of.sender.applicant, statement: of.statement, papers };
  await sending.files.keep(refs);
  const { caseNo } = await withContact(sending, of.commandId, of.sender.contact, () => sending.gateway.act('objection', earlier.caseId, {
    id: of.commandId, by: of.sender.acting, act: { type: 'join', form: form as unknown as Form, files: refs }, seen: null, requestId: of.requestId, at: null,
  }));
  return caseNo;
}

/** What became of an objection; `own` and `told`: there is one of his on the same ground already, open or rejected. */
export type SentObjection = { readonly became: 'opened' | 'joined' | 'own' | 'told'; readonly caseNo: string };

/**
 * Opens an objection, or merges it with the one on the same ground. What others did in the same moment is looked at once
 * more.
 * @throws Conflict when that changes again, Unavailable when it was not recorded, or nobody knows.
 */
export async function sendObjection(sending: Sending, of: NewObjection): Promise<SentObjection> {
  const { knex } = sending.ground;
  for (const isLast of [false, true]) {
    const earlier = await objectionsAbout(knex, of.record.id, of.sender.applicant.account);
    const way = wayOf(earlier, of);
    try {
      if (way.way === 'open') return { became: 'opened', caseNo: await open(sending, of, { ground: of.ground }) };
      if (way.way === 'join') return { became: 'joined', caseNo: await join(sending, of, way.earlier) };
      return { became: way.way, caseNo: way.earlier.caseNo };
    } catch (error) {
      if (isLast || !(error instanceof Conflict || error instanceof Refused)) throw error instanceof Refused ? new Conflict('portal:openedMeanwhile') : error;
    }
  }
  throw new Conflict('portal:openedMeanwhile');
}

import type { Request } from 'express';
import type { Knex } from 'knex';
import { actingAs } from '../../platform/casefile/acting.ts';
import { createMoments } from '../../platform/http/moments.ts';
import type { ReadLaw } from '../../platform/law.ts';
import type { CivilDate } from '../../rules/casefile/types.ts';
import { maskEmail, maskName } from '../../rules/masking/index.ts';
import type { RepairChannel, ShownIdentity } from '../../rules/repair/facts.ts';
import { bannedUntil, firstDay, nameOf, openCaseOf, standingBar, timeBar, type Bar, type OwnRecord, type Sender } from '../portal/index.ts';

/** What is entered: an application for repair, or an objection. */
export type IntakeKind = 'repair' | 'objection';

/** Who applies, as somebody of the house enters him: nobody's account speaks for the subject. */
export interface EnteredApplicant {
  readonly name: string;
  readonly mail: string | null;
  readonly agent: boolean;
  /** What he showed at the window; undefined for what the upstream platform pushes. */
  readonly identity?: ShownIdentity;
}

/** An applicant at a window, or of the upstream platform. He is shown by the firm's own name, or masked. */
export function enteredBy(person: Express.User, channel: Exclude<RepairChannel, 'portal'>, { name, mail, agent, identity }: EnteredApplicant, record: OwnRecord): Sender {
  const shown = record.state.facts.subject.kind === 'organisation' && name === nameOf(record) ? name : maskName(name);
  return {
    channel,
    applicant: { account: null, masked: mail === null ? shown : `${shown} ${maskEmail(mail)}`, agent, ...(identity === undefined ? {} : { identity }) },
    acting: actingAs(person),
    contact: mail === null ? undefined : { name, mail },
  };
}

/** Why no application is taken on the record, as on the portal; `own` names the case that is open. */
export async function barOf(kind: IntakeKind, record: OwnRecord, { knex, readLaw, today }: { knex: Knex; readLaw: ReadLaw; today: CivilDate }): Promise<Bar | null> {
  const standing = standingBar(kind, record);
  if (standing || kind === 'objection') return standing;
  const until = await bannedUntil(knex, record.state.facts.subject.id, today);
  if (until !== null) return { why: 'banned', day: until };
  const open = await openCaseOf(knex, { kind, record: record.id, ground: null });
  if (open) return { why: 'own', caseNo: open.caseNo };
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

import { Conflict, Unavailable } from '../../../platform/http/errors.ts';
import { sightOf } from '../../../platform/visibility.ts';
import type { Unit } from '../../../platform/units.ts';
import type { Actor, CaseState, CivilDate, FileRef } from '../../../rules/casefile/types.ts';
import { openingOf, type IncidentOpening, type IncidentSubject, type Similar } from '../../../rules/incident/facts.ts';
import { maskEmail, maskName, maskResidentId } from '../../../rules/masking/index.ts';
import { bornOf, isUnderAge } from '../../../rules/records/bars.ts';
import type { Person, UnitKind } from '../../../rules/people.ts';
import { ownUnits, type Incidents } from '../parts.ts';
import type { Report, ReportedSubject } from './forms.ts';
import { findKnownSubjects, findSimilar, type SimilarIncidents } from './similar.ts';

/** How a report came in. */
export interface Registration {
  /** The id of the case that it becomes; made with the form, so that one sent twice is one case. */
  readonly caseId: string;
  readonly person: Person;
  readonly channel: IncidentOpening['channel'];
  readonly requestId: string;
  readonly files: readonly FileRef[];
  /** Similar incidents that were shown before it was sent. */
  readonly similar: readonly Similar[];
}

/** A report that was registered before under the same id. */
export interface Registered {
  readonly caseNo: string;
  readonly openedAt: Date;
  /** It says the same: nothing was changed between the two times it was sent. */
  readonly same: boolean;
}

export interface Registry {
  similarTo(report: Report, person: Person): Promise<SimilarIncidents>;
  /** Subjects of many reports that an open incident is about: code or ID number to the number of the incident. */
  knownSubjects(subjects: readonly ReportedSubject[], person: Person): Promise<ReadonlyMap<string, string>>;
  /** What was registered under this id before, or null. */
  registered(caseId: string, report: Report): Promise<Registered | null>;
  /**
   * Makes the report a case; the number of the case it is already, when it was registered before.
   * @throws Unavailable when the report was not recorded, or nobody knows.
   */
  register(report: Report, how: Registration): Promise<{ caseNo: string }>;
}

/** How a person is shown wherever his case is: the first character of his name, the ends of his number. */
export const maskPerson = ({ name, code }: Pick<ReportedSubject, 'name' | 'code'>): string => `${maskName(name)} ${maskResidentId(code)}`;

const maskReporter = ({ name, mail }: NonNullable<Report['reporter']>): string =>
  [name === null ? '' : maskName(name), mail === null ? '' : maskEmail(mail)].filter((part) => part !== '').join(' ');

/** The offices that have a part in every incident, found by what they are. */
export function officesOf(units: readonly Unit[]): IncidentOpening['offices'] {
  const first = (kind: UnitKind): string => {
    const unit = units.find((one) => one.kind === kind && one.active);
    if (!unit) throw new Conflict(`errors:noOffice.${kind}`);
    return unit.id;
  };
  return { creditOffice: first('creditOffice'), legal: first('legal'), publicity: first('publicity') };
}

/** What of a report can be compared with what a case was opened with. */
function fingerprint(of: Pick<IncidentOpening, 'field' | 'area' | 'what' | 'region' | 'place' | 'occurredOn' | 'sourceUrl'> & { title: string; subjects: string[] }): string {
  return JSON.stringify([of.field, of.area, of.title, of.what, of.region, of.place, of.occurredOn, of.sourceUrl, of.subjects]);
}

const subjectText = (subject: IncidentSubject): string => (subject.kind === 'organisation' ? `${subject.uscc} ${subject.name}` : subject.masked);
const reportedText = (subject: ReportedSubject): string => (subject.kind === 'organisation' ? `${subject.code} ${subject.name}` : maskPerson(subject));

/** Reports becoming cases: the same for the form, the API and the spreadsheet. */
export function createRegistry({ ground, gateway, readLaw, files, seal }: Omit<Incidents, 'codeWord'>): Registry {
  const { knex, units, clock } = ground;

  async function looking(person: Person) {
    const [law, all] = await Promise.all([readLaw(), units.all()]);
    return { knex, seal, law, sight: sightOf(person, all), now: clock() };
  }

  async function sealed(subject: ReportedSubject, occurredOn: CivilDate): Promise<IncidentSubject> {
    if (subject.kind === 'organisation') return { kind: 'organisation', uscc: subject.code, name: subject.name };
    const id = await seal.subject(knex, { name: subject.name, idNumber: subject.code });
    const born = bornOf(subject.code);
    const minor = born !== null && isUnderAge(born, occurredOn);
    return { kind: 'person', sealed: id, masked: maskPerson(subject), ...(minor ? { minor } : {}) };
  }

  const registered: Registry['registered'] = async (caseId, report) => {
    const row: { case_no: string; opened_at: Date; state: CaseState } | undefined = await knex('case_file')
      .where({ id: caseId }).first('case_no', 'opened_at', 'state');
    if (!row) return null;
    const opening = openingOf(row.state);
    const before = fingerprint({ ...opening, title: row.state.title, subjects: opening.subjects.map(subjectText) });
    const now = fingerprint({ ...report, subjects: report.subjects.map(reportedText) });
    return { caseNo: row.case_no, openedAt: row.opened_at, same: before === now };
  };

  return {
    registered,
    similarTo: async (report, person) => findSimilar(await looking(person), report),
    knownSubjects: async (subjects, person) => findKnownSubjects(await looking(person), subjects),

    async register(report, { caseId, person, channel, requestId, files: attached, similar }) {
      const before = await registered(caseId, report);
      if (before) return { caseNo: before.caseNo };
      const offices = officesOf(await units.all());
      const unit = report.unit ?? ownUnits(person)[0] ?? '';
      const subjects: IncidentSubject[] = [];
      for (const subject of report.subjects) subjects.push(await sealed(subject, report.occurredOn));
      const { reporter } = report;
      const opening: IncidentOpening = {
        field: report.field,
        area: report.area,
        what: report.what,
        place: report.place,
        region: report.region,
        occurredOn: report.occurredOn,
        subjects,
        sourceUrl: report.sourceUrl,
        channel,
        reporter: reporter && { sealed: await seal.reporter(knex, caseId, reporter), masked: maskReporter(reporter) },
        similar: similar.map(({ caseId: id, caseNo, title }) => ({ caseId: id, caseNo, title })),
        offices,
      };
      const actor: Actor = { person: person.id, name: person.name, unit };
      await files.keep(attached);
      try {
        return await gateway.open(caseId, { kind: 'incident', title: report.title, opening: { ...opening }, files: [...attached], actor, requestId });
      } catch (error) {
        // What will never be recorded leaves no reporter behind; a person's identity may belong to another case too.
        if (reporter && error instanceof Unavailable && error.recorded === 'no') await seal.forgetReporter(knex, caseId);
        throw error;
      }
    },
  };
}

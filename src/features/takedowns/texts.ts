import type { Knex } from 'knex';
import { knownNames, maskFacts, maskingOf } from '../../platform/records/masking.ts';
import { casePath } from '../../platform/process-words.ts';
import type { Seal } from '../../platform/seal.ts';
import { maskText } from '../../rules/masking/index.ts';
import { whatOf, type RecordState } from '../../rules/records/file.ts';
import type { PublicText } from '../../rules/takedown/facts.ts';

/** A text that is, or was, public, as whoever takes it off or decides on it must know it. */
export interface FoundText {
  readonly text: PublicText;
  readonly label: string;
  readonly unit: string;
  readonly subject: string;
  /** Page of the house about it; null where there is none. */
  readonly href: string | null;
  /** What everybody read. */
  readonly paragraphs: readonly string[];
}

const uuid = '[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}';
const forms: readonly { kind: PublicText['kind']; at: RegExp }[] = [
  { kind: 'record', at: new RegExp(`(?:/records/|^)(${uuid})(?:[/?#]|$)`, 'iu') },
  { kind: 'commitment', at: new RegExp(`/commitments/(${uuid})`, 'iu') },
  { kind: 'opinion', at: /(?:\/opinions\/|^)([A-Z]{2,4}-\d{4}-\d{6,9}-P\d{1,3})/iu },
];

/** The text whose public page has this address, or whose number it is; null for anything else. */
export function textAt(typed: string): PublicText | null {
  for (const { kind, at } of forms) {
    const ref = at.exec(typed.trim())?.[1];
    if (ref !== undefined) return { kind, ref: kind === 'opinion' ? ref.toUpperCase() : ref.toLowerCase() };
  }
  return null;
}

/** `kind:ref`, as a form sends it. */
export const nameOfText = ({ kind, ref }: PublicText): string => `${kind}:${ref}`;
const named = new RegExp(`^(record|commitment|correction|opinion):((?:${uuid})(?::\\d{1,9})?|[A-Z]{2,4}-\\d{4}-\\d{6,9}-P\\d{1,3})$`, 'u');
export function textNamed(name: string): PublicText | null {
  const [, kind, ref] = named.exec(name) ?? [];
  return kind === undefined || ref === undefined ? null : { kind: kind as PublicText['kind'], ref };
}

const lines = (...texts: readonly string[]): string[] => texts.flatMap((text) => text.split(/\n+/u)).filter((line) => line !== '');

interface AboutRecord {
  id: string;
  state: RecordState;
  name: string;
  representative: string | null;
  sealed: string | null;
}

const ofRecord = (knex: Knex): Knex.QueryBuilder =>
  knex('record as r').join('subject as s', 's.id', 'r.subject_id').whereNotNull('r.published_at').select('r.id', 'r.state', 's.name', 's.representative', 's.sealed');

/** A text that was published, whether it is public now or not; undefined where there never was one. */
export async function findText(knex: Knex, seal: Seal, text: PublicText): Promise<FoundText | undefined> {
  switch (text.kind) {
    case 'record': {
      const row = (await ofRecord(knex).where('r.id', text.ref).first()) as AboutRecord | undefined;
      if (!row) return undefined;
      const [names] = await knownNames(knex, seal, [row]);
      const mask = maskingOf(names!, row.state.passages);
      const { documentNo, act, decision, legalBasis } = maskFacts(row.state.facts, mask);
      return {
        text, label: row.state.facts.documentNo, unit: row.state.facts.unit, subject: row.name, href: `/records/${row.id}`,
        paragraphs: lines(row.name, documentNo, act, decision, legalBasis, row.state.reason === null ? '' : mask(row.state.reason)),
      };
    }
    case 'correction': {
      const [caseId, number] = text.ref.split(':');
      const row = (await ofRecord(knex).join('correction as c', 'c.record_id', 'r.id').where({ 'c.case_id': caseId, 'c.number': number }).first('c.text', 'c.reason')) as
        (AboutRecord & { text: string; reason: string }) | undefined;
      if (!row) return undefined;
      const [names] = await knownNames(knex, seal, [row]);
      const mask = maskingOf(names!, row.state.passages);
      const { mended = {}, facts } = row.state;
      const [said, why] = [mended[whatOf(text.ref)] ?? row.text, mended[text.ref] ?? row.reason];
      return { text, label: facts.documentNo, unit: facts.unit, subject: row.name, href: `/records/${row.id}`, paragraphs: lines(row.name, mask(said), mask(why)) };
    }
    case 'commitment': {
      const row: { case_no: string; unit: string; name: string } | undefined = await knex('repair as c').join('subject as s', 's.id', 'c.subject_id')
        .where('c.case_id', text.ref).whereNotNull('c.committed_at').first('c.case_no', 'c.unit', 's.name');
      return row && { text, label: row.case_no, unit: row.unit, subject: row.name, href: casePath('repair', row.case_no), paragraphs: [row.name] };
    }
    case 'opinion': {
      const row: { title: string; text: string; unit: string; reason: string | null; case_no: string } | undefined = await knex('disclosure as d')
        .join('case_file as f', 'f.id', 'd.case_id').where('d.number', text.ref).first('d.title', 'd.text', 'd.unit', 'd.reason', 'f.case_no');
      return row && {
        text, label: text.ref, unit: row.unit, subject: row.title, href: casePath('incident', row.case_no),
        paragraphs: lines(row.title, row.text, row.reason === null ? '' : maskText(row.reason).masked),
      };
    }
  }
}

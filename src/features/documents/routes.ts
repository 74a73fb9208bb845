import type { Request, Router } from 'express';
import type { Knex } from 'knex';
import { NotFound } from '../../platform/http/errors.ts';
import type { Crumb, Link } from '../../platform/http/view-models.ts';
import { casePath } from '../../platform/process-words.ts';
import { knownNames, maskingOf, type NamedSubjectRow } from '../../platform/records/masking.ts';
import type { Seal } from '../../platform/seal.ts';
import { sightOf } from '../../platform/visibility.ts';
import type { CaseKind, CaseState } from '../../rules/casefile/types.ts';
import { objectionOpeningOf } from '../../rules/objection/facts.ts';
import type { RecordState } from '../../rules/records/file.ts';
import { existsCase, findCase, type CaseRoutesParts } from '../cases/index.ts';
import { createWords, type Words } from '../tasks/index.ts';
import type { CaseDocument } from './case-document.ts';
import { asCaseTells, objectionDocuments, type ToldOfRecord } from './objection.ts';
import { answerDocument, askedFor } from './page.ts';
import { answerReceipt } from './receipt.ts';
import { repairDocuments } from './repair.ts';

/**
 * The documents that a case has brought forth so far; a kind that makes none has none.
 * @param told what the public pages tell of its record, for what goes to everybody.
 */
export function documentsOf(state: CaseState, words: Words, told = asCaseTells): CaseDocument[] {
  if (state.kind === 'repair') return repairDocuments(state, words);
  return state.kind === 'objection' ? objectionDocuments(state, words, told) : [];
}

async function toldOf(knex: Knex, seal: Seal, state: CaseState): Promise<ToldOfRecord> {
  if (state.kind !== 'objection') return asCaseTells;
  const { id } = objectionOpeningOf(state).record;
  const row: (NamedSubjectRow & { state: RecordState }) | undefined = await knex('record as r').join('subject as s', 's.id', 'r.subject_id').where('r.id', id).first('r.state', 's.representative', 's.sealed');
  if (!row) return asCaseTells;
  const [names] = await knownNames(knex, seal, [row]);
  return { mended: row.state.mended ?? {}, mask: maskingOf(names!, row.state.passages) };
}

const hrefOf = (kind: CaseKind, caseNo: string, name: string): string => `${casePath(kind, caseNo)}/documents/${name}`;

/** Links to the documents of a case, for the head of its page. */
export const documentLinks = (state: CaseState, words: Words): (Link & { icon: 'print' })[] =>
  documentsOf(state, words).map(({ name, document }) => ({ href: hrefOf(state.kind, state.caseNo, name), label: document.title, icon: 'print' }));

/** `/:caseNo/documents/:name`: a document to be printed and stamped, and with `.docx` its file; below it `/receipt`, the blank 送达回证 of what is served. */
export function documentRoutes(router: Router, { ground, readLaw, seal }: CaseRoutesParts, of: { kind: CaseKind; list: { title: string; href: string }; staffOf: (req: Request) => Express.User }): void {
  async function find(req: Request, named: string): Promise<{ caseNo: string; document: CaseDocument; crumbs: Crumb[] }> {
    const person = of.staffOf(req);
    const [law, units] = await Promise.all([readLaw(), ground.units.all()]);
    const caseNo = String(req.params['caseNo']).toUpperCase();
    const seen = await findCase(ground.knex, seal, sightOf(person, units), of.kind, caseNo);
    if (!seen) throw new NotFound({ refused: await existsCase(ground.knex, caseNo) });
    req.viewed = { kind: 'caseViewed', about: caseNo };
    const told = await toldOf(ground.knex, seal, seen.state);
    const found = documentsOf(seen.state, createWords({ t: req.t, locale: req.locale, now: ground.clock(), law, units }), told).find(({ name }) => name === named);
    if (!found) throw new NotFound();
    return { caseNo, document: found, crumbs: [{ label: req.t(of.list.title), href: of.list.href }, { label: caseNo, href: casePath(of.kind, caseNo) }] };
  }

  router.get('/:caseNo/documents/:name', async (req, res) => {
    const { name, file } = askedFor(req.params.name);
    const { caseNo, document: { document, to }, crumbs } = await find(req, name);
    await answerDocument(req, res, {
      view: 'documents/staff', file, document, crumbs, served: to === 'applicant', href: hrefOf(of.kind, caseNo, name),
      lead: req.t(to === 'public' ? 'documents:printPublic' : 'documents:print'),
    });
  });

  for (const ending of ['', '.docx'] as const) {
    router.get(`/:caseNo/documents/:name/receipt${ending}`, async (req, res) => {
      const { caseNo, document: { name, document, to }, crumbs } = await find(req, req.params.name);
      if (to !== 'applicant') throw new NotFound();
      await answerReceipt(req, res, { document, href: hrefOf(of.kind, caseNo, name), crumbs, file: ending !== '' });
    });
  }
}

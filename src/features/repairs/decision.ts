import type { Router } from 'express';
import { NotFound } from '../../platform/http/errors.ts';
import type { DecisionDocument } from '../../platform/http/view-models.ts';
import { sightOf } from '../../platform/visibility.ts';
import type { CaseState } from '../../rules/casefile/types.ts';
import { lastRepair, repairConditions, repairOpeningOf } from '../../rules/repair/facts.ts';
import { existsCase, findCase, type CaseRoutesParts } from '../cases/index.ts';
import { createWords, type Words } from '../tasks/index.ts';
import { decided, staffOf } from './show.ts';

/** 信用修复决定书: facts, findings on each condition, decision, remedy; its number is the case's. Null while there is no decision. */
function repairDecision(state: CaseState, words: Words): DecisionDocument | null {
  const decision = lastRepair(state, 'decide');
  if (!decision || !decided(state)) return null;
  const { t, moments } = words;
  const { record, subject } = repairOpeningOf(state);
  const check = lastRepair(state, 'check')?.form;
  const name = subject.kind === 'organisation' ? subject.name : subject.masked;
  const agency = words.unit(decision.audience.unit);
  const granted = decision.outcome === 'granted';
  const day = (at: string): string => moments.day(new Date(at)).text;
  const met = (condition: (typeof repairConditions)[number]): string => {
    const found = check?.conditions.find((one) => one.condition === condition);
    const verdict = t(`repairs:form.check.${found?.met ? 'met' : 'notMet'}`);
    return t('repairs:decision.condition', { condition: t(`repairs:condition.${condition}`), verdict: found?.note ? t('repairs:decision.withNote', { verdict, note: found.note }) : verdict });
  };
  const paragraph = (text: string, heading?: string) => ({ ...(heading === undefined ? {} : { heading }), text: [{ text }] });
  return {
    agency,
    number: state.caseNo,
    addressee: subject.kind === 'organisation' ? t('repairs:decision.withCode', { name, code: subject.uscc }) : name,
    title: t(`repairs:decision.title.${granted ? 'granted' : 'refused'}`),
    paragraphs: [
      paragraph(t('repairs:decision.applied', { date: day(state.openedAt), number: record.documentNo, decidedOn: moments.day(record.decidedOn).text })),
      ...repairConditions.map((condition, n) => paragraph(met(condition), ...(n === 0 ? [t('repairs:decision.findings')] : []))),
      ...decision.form.reason.split(/\n+/u).map((line, n) => paragraph(line, ...(n === 0 ? [t('repairs:decision.reasons')] : []))),
      paragraph(t(`repairs:decision.decided.${granted ? 'granted' : 'refused'}`), t('repairs:decision.decision')),
      paragraph(t('mail:remedy'), t('repairs:decision.remedy')),
    ],
    signature: t('repairs:decision.seal', { agency }),
    date: moments.day(new Date(decision.doneAt ?? words.now)),
  };
}

/** `/repairs/:caseNo/decision`, to be printed and stamped. */
export function decisionRoutes(router: Router, { ground, readLaw, seal }: CaseRoutesParts): void {
  router.get('/:caseNo/decision', async (req, res) => {
    const person = staffOf(req);
    const [law, units] = await Promise.all([readLaw(), ground.units.all()]);
    const caseNo = req.params.caseNo.toUpperCase();
    const found = await findCase(ground.knex, seal, sightOf(person, units), 'repair', caseNo);
    if (!found) throw new NotFound({ refused: await existsCase(ground.knex, caseNo) });
    const words = createWords({ t: req.t, locale: req.locale, now: ground.clock(), law, units });
    const document = repairDecision(found.state, words);
    if (!document) throw new NotFound();
    res.render('repairs/decision', {
      page: { title: `${caseNo} ${document.title}`, printNumber: caseNo, crumbs: [{ label: req.t('repairs:title'), href: '/repairs' }, { label: caseNo, href: `/repairs/${caseNo}` }, { label: document.title }] },
      document,
    });
  });
}

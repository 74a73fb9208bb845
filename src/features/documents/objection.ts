import type { CaseState } from '../../rules/casefile/types.ts';
import { maskText } from '../../rules/masking/index.ts';
import { whatOf } from '../../rules/records/file.ts';
import { lastObjection, objectionOpeningOf, objectionRefusal, objectionResult } from '../../rules/objection/facts.ts';
import type { Words } from '../tasks/index.ts';
import { caseDocument, extensionNotice, linesOfText, nameOfSubject, openingLine, type CaseDocument } from './case-document.ts';

function extension(state: CaseState, opening: string, words: Words): CaseDocument[] {
  const notice = extensionNotice(state, ['screen', 'screen-decide', 'verify', 'decide'], words);
  if (!notice) return [];
  const { subject } = objectionOpeningOf(state);
  return [caseDocument(state, words, { ...notice, title: words.t('documents:objection.extension.title'), subject, parts: [{ lines: [opening] }, ...notice.parts] })];
}

/** 异议不予受理告知书: why it is not looked into, and what can be done. */
function refusal(state: CaseState, opening: string, words: Words): CaseDocument[] {
  const refused = objectionRefusal(state);
  if (!refused) return [];
  const { t } = words;
  return [caseDocument(state, words, {
    name: 'refusal', task: refused.task, title: t('documents:objection.refusal.title'), unit: refused.task.audience.unit, at: refused.at, subject: objectionOpeningOf(state).subject,
    parts: [
      { lines: [opening] },
      { heading: t('documents:heading.reasons'), lines: [t(`objections:refusal.${refused.ground}`), ...linesOfText(refused.reason)] },
      { heading: t('documents:heading.decision'), lines: [t('documents:objection.refusal.text'), t(`mail:letter.objectionRefused.next.${refused.ground}`)] },
    ],
    remedy: true,
  })];
}

/** 异议处理结果告知书: what was found, what follows, and where it was rejected what can be done. */
function result(state: CaseState, opening: string, words: Words): CaseDocument[] {
  const outcome = objectionResult(state);
  const [found, decided] = [lastObjection(state, 'verify'), lastObjection(state, 'decide')];
  if (!outcome || !found || !decided?.doneAt) return [];
  const { t } = words;
  return [caseDocument(state, words, {
    name: 'result', task: decided, title: t('documents:objection.result.title'), unit: decided.audience.unit, at: decided.doneAt, subject: objectionOpeningOf(state).subject,
    parts: [
      { lines: [opening] },
      { heading: t('documents:heading.findings'), lines: linesOfText(found.form.finding) },
      { heading: t('documents:heading.decision'), lines: [t(`documents:objection.result.text.${outcome}`), ...(outcome === 'rejected' ? [t('documents:objection.result.again')] : [])] },
    ],
    ...(outcome === 'rejected' ? { remedy: true } : {}),
  })];
}

/** 更正公告, for the channel in which the record was published: as the public pages say it, and once it is corrected or withdrawn. */
function correction(state: CaseState, words: Words, { mended, mask }: ToldOfRecord): CaseDocument[] {
  const outcome = objectionResult(state);
  const [found, decided, corrected] = [lastObjection(state, 'verify'), lastObjection(state, 'decide'), lastObjection(state, 'correct')];
  if (!found || !decided?.doneAt || (outcome !== 'upheldCorrect' && outcome !== 'upheldRemove')) return [];
  const { t, moments } = words;
  const { record, subject, unit } = objectionOpeningOf(state);
  const task = outcome === 'upheldRemove' ? decided : corrected;
  const at = task?.doneAt;
  if (!task || !at) return [];
  const published = `${state.id}:${(state.corrections ?? []).length}`;
  const why = outcome === 'upheldCorrect' ? mask(mended[published] ?? corrected?.form.reason ?? '') : '';
  const done = mask(outcome === 'upheldRemove' ? (mended[published] ?? found.form.finding) : (mended[whatOf(published)] ?? corrected?.form.done ?? ''));
  return [caseDocument(state, words, {
    name: 'correction', task, title: t(`documents:objection.correction.title.${outcome}`), unit, at, subject, to: 'public',
    parts: [
      { lines: [t('documents:objection.correction.opening', { documentNo: record.documentNo, decidedOn: moments.date(record.decidedOn).text, subject: nameOfSubject(subject) })] },
      { lines: linesOfText(t(`documents:objection.correction.text.${outcome}`, { done, date: moments.date(new Date(at)).text })) },
      ...(why === '' ? [] : [{ lines: linesOfText(t('documents:objection.correction.why', { why })) }]),
      { lines: [t(`documents:objection.correction.${outcome === 'upheldRemove' ? 'useRemoved' : 'use'}`)] },
    ],
  })];
}

/** What the public pages tell of a record otherwise than the case has it: reasons that were put right, and what is masked. */
export interface ToldOfRecord {
  readonly mended: Readonly<Record<string, string>>;
  mask(text: string): string;
}

/** What a case tells for itself, where the record is not asked. */
export const asCaseTells: ToldOfRecord = { mended: {}, mask: (text) => maskText(text).masked };

/** The documents of an objection, in the order in which they are made. */
export function objectionDocuments(state: CaseState, words: Words, told: ToldOfRecord): CaseDocument[] {
  const { record, subject, ground } = objectionOpeningOf(state);
  const opening = openingLine('documents:objection.applied', state, record, subject, words, { ground: words.t(`objections:ground.${ground}`) });
  return [...refusal(state, opening, words), ...extension(state, opening, words), ...result(state, opening, words), ...correction(state, words, told)];
}

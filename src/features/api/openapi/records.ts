import type { Translate } from '../../../platform/i18n.ts';
import { penaltyKinds, recordClasses, recordDomains, recordKinds } from '../../../rules/records/facts.ts';
import { recordHolds, recordMarks } from '../../../rules/records/file.ts';
import { differences, lengths, machinePages, mostRows, recordStandings, subjectKinds } from '../../records/index.ts';
import { createBuilder, type Builder } from './builder.ts';
import type { Part, Schema } from './types.ts';

/** An example that passes every check; its code is a sample of the standard's arithmetic and no firm's. */
export const exampleRecord = {
  kind: 'penalty',
  subjectKind: 'organisation',
  subjectName: '某食品有限公司',
  subjectCode: '91321300MA1TE8T08T',
  documentNo: '宿市监罚〔2026〕31号',
  decidedOn: '2026-05-31',
  domain: 'otherDomain',
  penaltyKinds: ['fine'],
  fine: 20000,
  legalBasis: '《中华人民共和国产品质量法》第五十条',
  act: '销售不合格产品。',
  decision: '罚款 20,000 元。',
  performed: false,
} as const;

const exampleUse = { measure: '列为重点监管对象', legalBasis: '《江苏省社会信用条例》第三十九条' } as const;

function sentFields({ text, choice, day, flag, number, list }: Builder): Record<string, Schema> {
  return {
    unit: text('unitSent'),
    kind: choice('kind', recordKinds),
    subjectKind: choice('subjectKind', subjectKinds),
    subjectName: text('subjectName', { maxLength: lengths.name }),
    subjectCode: text('subjectCode'),
    documentNo: text('documentNo', { maxLength: lengths.documentNo }),
    decidedOn: day('decidedOn'),
    publishedOn: day('publishedOn'),
    domain: choice('domain', recordDomains),
    penaltyKinds: list('penaltyKinds', { type: 'string', enum: penaltyKinds }),
    summaryProcedure: flag('summaryProcedure'),
    fine: number('fine', { minimum: 0 }),
    confiscated: number('confiscated', { minimum: 0 }),
    legalBasis: text('legalBasis', { maxLength: lengths.legalBasis }),
    act: text('act', { maxLength: lengths.act }),
    decision: text('decision', { maxLength: lengths.decision }),
    performed: flag('performed'),
  };
}

const needed = ['kind', 'subjectKind', 'subjectName', 'subjectCode', 'documentNo', 'decidedOn', 'domain', 'legalBasis', 'act', 'decision'];

function listedFields({ text, choice, orNull, instant, day, flag, number, object }: Builder): Record<string, Schema> {
  return {
    id: text('id', { format: 'uuid' }),
    kind: choice('kind', recordKinds),
    subject: object({ id: text('subjectId', { format: 'uuid' }), kind: choice('subjectKind', subjectKinds), name: text('subjectMasked'), code: orNull(text('subjectCodeOrNone')) }),
    unit: text('unit'),
    documentNo: text('documentNo'),
    decidedOn: day('decidedOn'),
    domain: choice('domain', recordDomains),
    class: choice('class', recordClasses),
    because: text('because'),
    standing: choice('standing', recordStandings),
    public: flag('public'),
    frozen: flag('frozen'),
    until: orNull(day('until')),
    repairableFrom: orNull(day('repairableFrom')),
    performed: flag('performed'),
    version: number('version', { type: 'integer' }),
    storedAt: instant('storedAt'),
    publishedAt: orNull(instant('publishedAt')),
    changedAt: instant('changedAt'),
    coming: { ...object({ what: choice('comingWhat', ['repairable', 'ends', 'over', 'untilCured', 'kept']), on: orNull(day('comingOn')), text: text('comingText') }), type: ['object', 'null'] },
  };
}

function wholeFields(b: Builder): Record<string, Schema> {
  const { text, choice, orNull, instant, day, flag, number, list, object } = b;
  return {
    ...listedFields(b),
    publishedOn: orNull(day('publishedOn')),
    penaltyKinds: list('penaltyKinds', { type: 'string', enum: penaltyKinds }),
    summaryProcedure: flag('summaryProcedure'),
    fine: number('fine'),
    confiscated: number('confiscated'),
    legalBasis: text('legalBasis'),
    act: text('act'),
    decision: text('decision'),
    masked: flag('masked'),
    publicity: object({
      shown: flag('shown'),
      lawOf: day('lawOf'),
      start: day('start'),
      startsAt: choice('startsAt', ['decision', 'publication']),
      minUntil: orNull(day('minUntil')),
      maxUntil: orNull(day('maxUntil')),
      keptUncorrected: flag('keptUncorrected'),
      legalBasis: text('termBasis'),
      terms: list('terms', object({ term: text('term'), text: text('termText'), rule: orNull(text('termRule')), basis: orNull(text('termRuleBasis')), reason: orNull(text('termReason')) })),
    }),
    marks: list('marks', { type: 'string', enum: recordMarks }),
    holds: list('holds', { type: 'string', enum: recordHolds }),
    uses: list('uses', object({ unit: text('useUnit'), measure: text('measure'), legalBasis: text('useBasis'), since: instant('useSince') })),
    withdrawnBecause: orNull(text('withdrawnBecause')),
  };
}

/** Records: storing and correcting them, one or many, reading them, and saying that a measure was taken because of one. */
export function recordPart(t: Translate): Part {
  const b = createBuilder(t, 'apiRecords');
  const { say, text, choice, orNull, number, list, object, ref, json, query, path, problem, ownProblem, body, key } = b;
  const sent = sentFields(b);
  const written = { 401: problem('token'), 403: problem('forbidden'), 413: problem('tooLarge'), 422: problem('invalid'), 429: problem('tooMany'), 503: problem('away') };

  return {
    paths: {
      '/records': {
        post: {
          operationId: 'storeRecord',
          summary: say('store.summary'),
          description: say('store.description'),
          parameters: [key('penalty-2026-0031')],
          requestBody: body('RecordInput', exampleRecord),
          responses: {
            201: { description: say('answer.stored'), headers: { Location: { description: say('header.location'), schema: { type: 'string' } } }, content: json(ref('RecordAnswer')) },
            200: { description: say('answer.same'), content: json(ref('RecordAnswer')) },
            400: problem('malformed'), 404: problem('notFound'), 409: ownProblem('conflict'), ...written,
          },
        },
        get: {
          operationId: 'listRecords',
          summary: say('list.summary'),
          description: say('list.description'),
          parameters: [
            query('q', { type: 'string', maxLength: 100 }),
            query('kind', { type: 'string', enum: recordKinds }),
            query('class', { type: 'string', enum: recordClasses }),
            query('standing', { type: 'string', enum: recordStandings }),
            query('domain', { type: 'string', enum: recordDomains }),
            query('unit', { type: 'string' }),
            query('from', { type: 'string', format: 'date' }),
            query('to', { type: 'string', format: 'date' }),
            query('subject', { type: 'string', format: 'uuid' }),
            query('reason', { type: 'string', maxLength: lengths.reason }),
            query('limit', { type: 'integer', minimum: 1, maximum: machinePages.most, default: machinePages.usual }),
            query('cursor', { type: 'string' }),
          ],
          responses: { 200: { description: say('answer.list'), content: json(ref('RecordList')) }, 400: problem('cursor'), 401: problem('token'), 403: problem('forbidden'), 422: problem('invalid') },
        },
      },
      '/records/{id}': {
        get: {
          operationId: 'readRecord',
          summary: say('one.summary'),
          description: say('one.description'),
          parameters: [path('id', { type: 'string', format: 'uuid' })],
          responses: { 200: { description: say('answer.one'), content: json(ref('WholeRecord')) }, 401: problem('token'), 403: problem('forbidden'), 404: problem('notFound') },
        },
      },
      '/records/{id}/uses': {
        post: {
          operationId: 'useRecord',
          summary: say('use.summary'),
          description: say('use.description'),
          parameters: [path('id', { type: 'string', format: 'uuid' }), key('measure-2026-0007')],
          requestBody: body('Use', exampleUse),
          responses: {
            201: { description: say('answer.used'), content: json(ref('RecordAnswer')) },
            200: { description: say('answer.usedBefore'), content: json(ref('RecordAnswer')) },
            400: problem('malformed'), 404: problem('notFound'), 409: ownProblem('useConflict'), ...written,
          },
        },
      },
      '/record-batches': {
        post: {
          operationId: 'storeRecords',
          summary: say('batch.summary'),
          description: say('batch.description'),
          parameters: [key('penalties-20260601')],
          requestBody: body('RecordBatch', { records: [exampleRecord] }),
          responses: { 200: { description: say('answer.batch'), content: json(ref('BatchAnswer')) }, 400: problem('malformed'), ...written },
        },
      },
    },
    schemas: {
      RecordInput: object({
        ...sent,
        difference: choice('difference', differences),
        reason: text('reason', { maxLength: lengths.reason }),
        corrects: text('corrects', { format: 'uuid' }),
        version: number('versionSeen', { type: 'integer', minimum: 1 }),
      }, needed),
      RecordBatch: object({ records: list('records', object(sent, needed), { maxItems: mostRows }) }),
      Use: object({ unit: text('useUnitSent'), measure: text('measure', { maxLength: 200 }), legalBasis: text('useBasis', { maxLength: 500 }) }, ['measure', 'legalBasis']),
      RecordAnswer: object({ outcome: choice('outcome', ['stored', 'same', 'corrected']), repeated: b.flag('repeated'), record: ref('WholeRecord') }),
      BatchAnswer: object({
        rows: list('rows', object({
          row: number('row', { type: 'integer' }),
          outcome: choice('rowOutcome', ['stored', 'same', 'other', 'otherName', 'invalid']),
          record: text('rowRecord', { format: 'uuid' }),
          version: number('version', { type: 'integer' }),
          names: object({ sent: text('nameSent'), known: text('nameKnown') }),
          detail: text('detail'),
          errors: { type: 'object', description: say('field.errors'), additionalProperties: { type: 'string' } },
        }, ['row', 'outcome'])),
      }),
      Record: object(listedFields(b)),
      WholeRecord: object(wholeFields(b)),
      RecordList: object({ records: list('page', ref('Record')), previous: orNull(text('previous')), next: orNull(text('next')) }),
    },
  };
}

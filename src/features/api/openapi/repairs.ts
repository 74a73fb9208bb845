import type { Translate } from '../../../platform/i18n.ts';
import { repairChannels } from '../../../rules/repair/facts.ts';
import { repairSteps } from '../../../rules/repair/process.ts';
import { papersFor } from '../../portal/index.ts';
import { pushLengths } from '../../repairs/index.ts';
import { createBuilder } from './builder.ts';
import { exampleRecord } from './records.ts';
import type { Part, Schema } from './types.ts';

/** The fields of an example; the papers, which are files, are the sender's own. */
export const examplePush = {
  number: 'SXY-2026-0088123',
  documentNo: exampleRecord.documentNo,
  unit: 'scjg',
  decidedOn: exampleRecord.decidedOn,
  subjectCode: exampleRecord.subjectCode,
  name: '赵某',
  mail: 'zhao@example.cn',
  agent: 'false',
  statement: '罚款已缴清，不合格产品已召回。',
} as const;

/** Applications for repair between this office and the upstream platform. */
export function repairPart(t: Translate): Part {
  const { say, text, choice, orNull, instant, day, flag, list, object, ref, json, path, problem, ownProblem, body } = createBuilder(t, 'apiRepairs');
  const paper = (kind: string): [string, Schema] => [kind, list(`paper.${kind}`, { type: 'string', format: 'binary' })];
  return {
    paths: {
      '/repairs': {
        post: {
          operationId: 'pushRepair',
          summary: say('push.summary'),
          description: say('push.description'),
          requestBody: body('Push', examplePush, 'multipart/form-data'),
          responses: {
            201: { description: say('answer.opened'), headers: { Location: { description: say('header.location'), schema: { type: 'string' } } }, content: json(ref('PushAnswer')) },
            200: { description: say('answer.known'), content: json(ref('PushAnswer')) },
            400: ownProblem('malformed'), 401: problem('token'), 403: ownProblem('forbidden'), 404: ownProblem('noRecord'), 409: ownProblem('refused'), 413: problem('tooLarge'), 422: problem('invalid'), 429: problem('tooMany'), 503: problem('away'),
          },
        },
      },
      '/repairs/{number}': {
        get: {
          operationId: 'readRepair',
          summary: say('one.summary'),
          description: say('one.description'),
          parameters: [path('number', { type: 'string', example: 'XF-2026-000045' })],
          responses: { 200: { description: say('answer.one'), content: json(ref('Repair')) }, 401: problem('token'), 403: problem('forbidden'), 404: problem('notFound') },
        },
      },
    },
    schemas: {
      Push: object({
        number: text('upstreamNumber', { maxLength: pushLengths.number }),
        record: text('recordId', { format: 'uuid' }),
        documentNo: text('documentNo', { maxLength: pushLengths.documentNo }),
        unit: text('unitSent', { maxLength: pushLengths.unit }),
        decidedOn: day('decidedOn'),
        subjectCode: text('subjectCode'),
        name: text('name', { maxLength: pushLengths.name }),
        mail: text('mail', { format: 'email' }),
        agent: choice('agent', ['true', 'false']),
        statement: text('statement', { maxLength: pushLengths.statement }),
        ...Object.fromEntries(papersFor.repair.kinds.map(paper)),
      }, ['number', 'subjectCode', 'name', 'statement', ...papersFor.repair.required(false)]),
      PushAnswer: object({ repair: ref('Repair'), merged: flag('merged'), repeated: flag('repeated') }),
      Repair: object({
        number: text('number'),
        channel: choice('channel', repairChannels),
        pushes: list('pushes', object({ number: text('upstreamNumber'), merged: flag('merged'), at: instant('pushedAt') })),
        record: object({ id: text('recordId', { format: 'uuid' }), documentNo: text('documentNo'), decidedOn: day('decidedOn') }),
        subject: object({ kind: choice('subjectKind', ['organisation', 'person']), name: text('subjectMasked'), code: orNull(text('subjectCodeOrNone')) }),
        unit: text('unit'),
        applicant: text('applicant'),
        repairableFrom: orNull(day('repairableFrom')),
        status: choice('status', ['open', 'closed']),
        step: orNull(choice('step', repairSteps)),
        openedAt: instant('openedAt'),
        closedAt: orNull(instant('closedAt')),
        waitsFor: { ...object({ unit: orNull(text('waitsUnit')), dueAt: orNull(instant('dueAt')), provisional: flag('provisional'), missing: list('missing', { type: 'string' }) }), type: ['object', 'null'], description: say('field.waitsFor') },
        result: { ...object({ what: choice('resultWhat', ['granted', 'refused', 'notAccepted', 'revoked', 'withdrawn']), unit: text('resultUnit'), at: instant('resultAt'), reason: text('resultReason') }), type: ['object', 'null'], description: say('field.result') },
      }),
    },
  };
}

import type { Translate } from '../../../platform/i18n.ts';
import { toldWhats } from '../../../platform/records/told.ts';
import { changePages, publicColumns } from '../../public-records/index.ts';
import { createBuilder } from './builder.ts';
import type { Part } from './types.ts';

/** 共享: what happened to public records, for departments that keep a copy of them. */
export function changePart(t: Translate): Part {
  const { say, text, choice, instant, flag, list, object, ref, json, query, problem, ownProblem } = createBuilder(t, 'apiChanges');
  // The form's columns are said as the head of the open data says them.
  const form = object(Object.fromEntries(publicColumns.map((column) => [column, { type: 'string', description: t(`public:openData.column.${column}`) }])));
  const notice = object(Object.fromEntries(['documentNo', 'unit', 'withdrawnOn', 'why'].map((column) => [column, { type: 'string', description: t(`public:openData.column.${column}`) }])));
  return {
    paths: {
      '/record-changes': {
        get: {
          operationId: 'followRecords',
          summary: say('follow.summary'),
          description: say('follow.description'),
          parameters: [query('after', { type: 'string' }), query('limit', { type: 'integer', minimum: 1, maximum: changePages.most, default: changePages.usual })],
          responses: {
            200: { description: say('answer.changes'), content: json(ref('Changes')) },
            400: problem('cursor'), 401: problem('token'), 403: problem('forbidden'), 410: ownProblem('gone'), 422: problem('invalid'), 429: problem('tooMany'),
          },
        },
      },
    },
    schemas: {
      Changes: object({
        changes: list('changes', object({
          record: text('record', { format: 'uuid' }),
          what: choice('what', toldWhats),
          at: instant('at'),
          form: { ...form, type: ['object', 'null'], description: say('field.form') },
          notice: { ...notice, type: ['object', 'null'], description: say('field.notice') },
        })),
        next: text('next'),
        more: flag('more'),
      }),
    },
  };
}

import type { Translate } from '../../../platform/i18n.ts';
import { roles } from '../../../rules/people.ts';
import { areas, channels, fields, levels } from '../../../rules/incident/facts.ts';
import { incidentStages, incidentSteps } from '../../../rules/incident/process.ts';
import { lengths, mostSubjects, pageSizes, sorts, standings } from '../../incidents/index.ts';
import { createBuilder } from './builder.ts';
import type { Parameter, Part, Schema } from './types.ts';

/** An example that passes every check; its code is a sample of the standard's arithmetic and no firm's. */
export const exampleReport = {
  field: 'commerce',
  area: 'foodHygiene',
  title: '某食品有限公司使用过期原料',
  what: '群众反映该公司使用过期原料加工糕点，已封存样品。',
  region: 'suyu',
  place: '江山大道 1 号',
  occurredOn: '2026-09-24',
  subjects: [{ kind: 'organisation', name: '某食品有限公司', code: '91321300MA1TE8T08T' }],
  sourceUrl: 'https://news.example.cn/20260924.html',
  reporter: { name: '赵某', mail: 'zhao@example.cn' },
} as const;

/** Incidents: reporting them, and reading how they are handled. */
export function incidentPart(t: Translate): Part {
  const { say, text, choice, orNull, instant, object, ref, json, query, problem, ownProblem, body, key } = createBuilder(t, 'api');
  const number: Parameter = { name: 'number', in: 'path', required: true, description: say('path.number'), schema: { type: 'string', example: 'XZ-2026-000123' } };
  const kinds = ['organisation', 'person'];

  const report = object({
    field: choice('field', fields),
    area: choice('area', areas),
    title: text('title', { maxLength: lengths.title }),
    what: text('what', { maxLength: lengths.what }),
    region: text('region'),
    place: text('place', { maxLength: lengths.place }),
    occurredOn: text('occurredOn', { format: 'date' }),
    subjects: {
      type: 'array', description: say('field.subjects'), maxItems: mostSubjects,
      items: object({ kind: choice('subjectKind', kinds), name: text('subjectName', { maxLength: lengths.name }), code: text('subjectCode') }),
    },
    sourceUrl: orNull(text('sourceUrl', { format: 'uri' })),
    reporter: { type: ['object', 'null'], description: say('field.reporter'), properties: { name: orNull(text('reporterName', { maxLength: lengths.name })), mail: orNull(text('reporterMail', { format: 'email' })) } },
    unit: orNull(text('unit')),
  }, ['field', 'area', 'title', 'what', 'region', 'place', 'occurredOn']);

  const listed: Record<string, Schema> = {
    number: text('number'),
    title: text('title'),
    status: choice('status', ['open', 'closed']),
    step: orNull(choice('step', incidentSteps)),
    level: orNull(choice('level', levels)),
    field: choice('field', fields),
    area: choice('area', areas),
    region: text('region'),
    accountableUnit: orNull(text('accountableUnit')),
    occurredOn: text('occurredOn', { format: 'date' }),
    dueAt: orNull(instant('dueAt')),
    late: { type: 'boolean', description: say('field.late') },
    outcome: orNull(choice('outcome', ['handled', 'unfounded', 'duplicate'])),
    openedAt: instant('openedAt'),
    closedAt: orNull(instant('closedAt')),
    subjects: { type: 'array', items: object({ kind: choice('subjectKind', kinds), name: text('subjectMasked'), code: orNull(text('subjectCodeOrNone')) }) },
  };
  const whole: Record<string, Schema> = {
    ...listed,
    what: text('what'),
    place: text('place'),
    sourceUrl: orNull(text('sourceUrl')),
    channel: choice('channel', ['form', 'api', 'spreadsheet', 'takenOver']),
    reportedBy: { ...object({ unit: text('unitId'), name: text('personName') }), type: ['object', 'null'], description: say('field.reportedBy') },
    answered: { type: 'boolean', description: say('field.answered') },
    tasks: {
      type: 'array', description: say('field.tasks'),
      items: object({
        number: text('taskNumber'), stage: choice('stage', [...Object.keys(incidentStages), 'extension', 'withdrawal', 'supervision']), round: { type: 'integer', description: say('field.round') },
        unit: text('unitId'), role: choice('role', roles), status: choice('taskStatus', ['open', 'done', 'cancelled']), assignee: orNull(text('assignee')), outcome: orNull(text('taskOutcome')),
        openedAt: instant('openedAt'), doneAt: orNull(instant('doneAt')), dueAt: orNull(instant('dueAt')), provisional: { type: 'boolean', description: say('field.provisional') }, late: { type: 'boolean', description: say('field.late') },
      }),
    },
    disclosures: {
      type: 'array', description: say('field.disclosures'),
      items: object({
        number: text('disclosureNumber'), title: text('title'), status: choice('disclosureStatus', ['published', 'withdrawn', 'ended']), channel: choice('disclosureChannel', channels), basis: text('basis'),
        from: instant('from'), until: instant('until'), reason: orNull(text('withdrawalReason')),
      }),
    },
    files: { type: 'array', description: say('field.files'), items: object({ name: text('fileName'), type: text('fileType'), bytes: { type: 'integer', description: say('field.bytes') }, sha256: text('sha256') }) },
  };

  return {
    paths: {
      '/incidents': {
        post: {
          operationId: 'reportIncident',
          summary: say('report.summary'),
          description: say('report.description'),
          parameters: [key('hotline-20260924-0031')],
          requestBody: body('Report', exampleReport),
          responses: {
            201: { description: say('answer.created'), headers: { Location: { description: say('header.location'), schema: { type: 'string' } } }, content: json(ref('Reported')) },
            200: { description: say('answer.repeated'), content: json(ref('Reported')) },
            400: problem('malformed'), 401: problem('token'), 403: problem('forbidden'), 409: ownProblem('conflict'), 413: problem('tooLarge'), 422: problem('invalid'), 429: problem('tooMany'), 503: problem('away'),
          },
        },
        get: {
          operationId: 'listIncidents',
          summary: say('list.summary'),
          description: say('list.description'),
          parameters: [
            query('q', { type: 'string', maxLength: 100 }),
            query('step', { type: 'string', enum: standings }),
            query('area', { type: 'string', enum: areas }),
            query('level', { type: 'string', enum: levels }),
            query('unit', { type: 'string' }),
            query('late', { type: 'boolean' }),
            query('from', { type: 'string', format: 'date' }),
            query('to', { type: 'string', format: 'date' }),
            query('sort', { type: 'string', enum: sorts, default: 'opened' }),
            query('limit', { type: 'integer', minimum: 1, maximum: pageSizes.most, default: pageSizes.usual }),
            query('cursor', { type: 'string' }),
          ],
          responses: { 200: { description: say('answer.list'), content: json(ref('IncidentList')) }, 400: problem('cursor'), 401: problem('token'), 403: problem('forbidden'), 422: problem('invalid') },
        },
      },
      '/incidents/{number}': {
        get: {
          operationId: 'readIncident',
          summary: say('one.summary'),
          description: say('one.description'),
          parameters: [number],
          responses: { 200: { description: say('answer.one'), content: json(ref('WholeIncident')) }, 401: problem('token'), 404: problem('notFound') },
        },
      },
      '/incidents/{number}/files/{sha256}': {
        get: {
          operationId: 'readFile',
          summary: say('file.summary'),
          description: say('file.description'),
          parameters: [number, { name: 'sha256', in: 'path', required: true, description: say('path.sha256'), schema: { type: 'string' } }],
          responses: { 200: { description: say('answer.file'), content: { '*/*': { schema: { type: 'string', format: 'binary' } } } }, 401: problem('token'), 404: problem('notFound') },
        },
      },
    },
    schemas: {
      Report: report,
      Reported: object({ number: text('number'), url: text('url', { format: 'uri' }), similar: { type: 'array', items: { type: 'string' }, description: say('field.similar') }, repeated: { type: 'boolean', description: say('field.repeated') } }),
      Incident: object(listed),
      WholeIncident: object(whole),
      IncidentList: object({ incidents: { type: 'array', items: ref('Incident') }, previous: orNull(text('previous')), next: orNull(text('next')) }),
    },
  };
}

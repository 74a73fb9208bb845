import type { Translate } from '../../platform/i18n.ts';
import { roles } from '../../rules/people.ts';
import { areas, channels, fields, levels } from '../../rules/incident/facts.ts';
import { incidentStages, incidentSteps } from '../../rules/incident/process.ts';
import { lengths, mostSubjects, pageSizes, sorts, standings } from '../incidents/index.ts';

/** A JSON Schema, as far as this description uses it. */
export interface Schema {
  type?: string | string[];
  description?: string;
  enum?: readonly (string | null)[];
  format?: string;
  maxLength?: number;
  maxItems?: number;
  minimum?: number;
  maximum?: number;
  default?: unknown;
  items?: Schema;
  properties?: Record<string, Schema>;
  required?: string[];
  additionalProperties?: Schema | boolean;
  example?: unknown;
  $ref?: string;
}

export interface Parameter {
  name: string;
  in: 'query' | 'path' | 'header';
  required: boolean;
  description: string;
  schema: Schema;
}

interface Answer {
  description: string;
  headers?: Record<string, { description: string; schema: Schema }>;
  content?: Record<string, { schema: Schema }>;
}

export interface Operation {
  operationId: string;
  summary: string;
  description: string;
  parameters?: Parameter[];
  requestBody?: { required: true; content: Record<string, { schema: Schema; example: unknown }> };
  responses: Record<string, Answer>;
}

export interface OpenApi {
  openapi: '3.1.0';
  info: { title: string; version: string; description: string };
  servers: { url: string }[];
  security: Record<string, string[]>[];
  paths: Record<string, Record<string, Operation>>;
  components: { securitySchemes: Record<string, unknown>; schemas: Record<string, Schema> };
}

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

/** The description of the interface, in the reader's language. */
export function createOpenApi(t: Translate, publicUrl: string): OpenApi {
  const say = (key: string): string => t(`api:doc.${key}`);
  const text = (key: string, more: Schema = {}): Schema => ({ type: 'string', description: say(`field.${key}`), ...more });
  const choice = (key: string, values: readonly string[]): Schema => text(key, { enum: values });
  const orNull = (schema: Schema): Schema => ({ ...schema, type: [schema.type as string, 'null'], ...(schema.enum ? { enum: [...schema.enum, null] } : {}) });
  const instant = (key: string): Schema => text(key, { format: 'date-time' });
  const object = (properties: Record<string, Schema>, required = Object.keys(properties)): Schema => ({ type: 'object', properties, required });
  const ref = (name: string): Schema => ({ $ref: `#/components/schemas/${name}` });
  const json = (schema: Schema): Record<string, { schema: Schema }> => ({ 'application/json': { schema } });
  const problem = (key: string): Answer => ({ description: say(`answer.${key}`), content: { 'application/problem+json': { schema: ref('Problem') } } });
  const query = (name: string, schema: Schema): Parameter => ({ name, in: 'query', required: false, description: say(`query.${name}`), schema });
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
    reporter: { type: ['object', 'null'], description: say('field.reporter'), properties: { name: orNull(text('reporterName', { maxLength: lengths.name })), mail: text('reporterMail', { format: 'email' }) }, required: ['mail'] },
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
    openapi: '3.1.0',
    info: { title: say('title'), version: '1', description: say('intro') },
    servers: [{ url: `${publicUrl}/api/v1` }],
    security: [{ token: [] }],
    paths: {
      '/incidents': {
        post: {
          operationId: 'reportIncident',
          summary: say('report.summary'),
          description: say('report.description'),
          parameters: [{ name: 'Idempotency-Key', in: 'header', required: true, description: say('header.key'), schema: { type: 'string', maxLength: 255, example: 'hotline-20260924-0031' } }],
          requestBody: { required: true, content: { 'application/json': { schema: ref('Report'), example: exampleReport } } },
          responses: {
            201: { description: say('answer.created'), headers: { Location: { description: say('header.location'), schema: { type: 'string' } } }, content: json(ref('Reported')) },
            200: { description: say('answer.repeated'), content: json(ref('Reported')) },
            400: problem('malformed'), 401: problem('token'), 403: problem('forbidden'), 409: problem('conflict'), 413: problem('tooLarge'), 422: problem('invalid'), 429: problem('tooMany'), 503: problem('away'),
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
    components: {
      securitySchemes: { token: { type: 'http', scheme: 'bearer', description: say('token') } },
      schemas: {
        Report: report,
        Reported: object({ number: text('number'), url: text('url', { format: 'uri' }), similar: { type: 'array', items: { type: 'string' }, description: say('field.similar') }, repeated: { type: 'boolean', description: say('field.repeated') } }),
        Incident: object(listed),
        WholeIncident: object(whole),
        IncidentList: object({ incidents: { type: 'array', items: ref('Incident') }, previous: orNull(text('previous')), next: orNull(text('next')) }),
        Problem: object({
          type: text('problemType'), title: text('problemTitle'), status: { type: 'integer', description: say('field.problemStatus') }, detail: text('problemDetail'), instance: text('problemInstance'), requestId: text('requestId'),
          errors: { type: 'object', description: say('field.errors'), additionalProperties: { type: 'string' } },
        }, ['type', 'title', 'status', 'detail', 'requestId']),
      },
    },
  };
}

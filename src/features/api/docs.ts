import { Router, type Request } from 'express';
import type { Ground } from '../../platform/http/feature.ts';
import type { Cell, DataTable, Heading, Page } from '../../platform/http/view-models.ts';
import { createOpenApi } from './openapi/document.ts';
import type { OpenApi, Operation, Schema } from './openapi/types.ts';

/** A part of the interface, as a person reads it. */
interface ShownOperation {
  id: string;
  method: string;
  path: string;
  summary: string;
  description: string;
  parameters: DataTable | null;
  /** Media type and fields of what is sent. */
  bodyType: string | null;
  body: DataTable | null;
  example: string | null;
  answers: DataTable;
}

interface DocsPage {
  page: Page;
  heading: Heading;
  intro: string;
  token: string;
  base: string;
  jsonHref: string;
  operations: ShownOperation[];
  schemas: { name: string; table: DataTable }[];
}

const refName = (schema: Schema): string => schema.$ref?.split('/').at(-1) ?? '';

/** What a value may be, in a few signs: `string | null`, `array of Incident`, `a, b, c`. */
function kindOf(schema: Schema): string {
  if (schema.$ref) return refName(schema);
  const types = [schema.type ?? []].flat();
  const main = types.find((type) => type !== 'null') ?? '';
  const name = main === 'array' ? `array<${schema.items ? kindOf(schema.items) : ''}>` : schema.format ? `${main} (${schema.format})` : main;
  return types.includes('null') ? `${name} | null` : name;
}

function limitsOf(schema: Schema): string {
  const { maxLength, maxItems, minimum, maximum } = schema;
  const values = schema.enum ?? schema.items?.enum;
  return [
    ...(values ? [values.filter((value) => value !== null).join(' · ')] : []),
    ...(maxLength === undefined ? [] : [`≤ ${maxLength}`]),
    ...(maxItems === undefined ? [] : [`≤ ${maxItems}`]),
    ...(minimum === undefined ? [] : [maximum === undefined ? `≥ ${minimum}` : `${minimum}–${maximum}`]),
    ...(schema.default === undefined ? [] : [`= ${JSON.stringify(schema.default)}`]),
  ].join('; ');
}

/** Fields of an object, those of the objects in it with their path before them. */
function fieldRows(schema: Schema, t: Request['t'], before = ''): DataTable['rows'] {
  return Object.entries(schema.properties ?? {}).flatMap(([name, field]) => {
    const path = before + name;
    const need = schema.required?.includes(name) ? t('api:page.required') : t('api:page.optional');
    const row = { cells: { name: path, kind: kindOf(field), need, limits: limitsOf(field), meaning: field.description ?? '' } };
    const inner = field.items?.properties ? fieldRows(field.items, t, `${path}[].`) : field.properties ? fieldRows(field, t, `${path}.`) : [];
    return [row, ...inner];
  });
}

function fieldTable(caption: string, schema: Schema, t: Request['t'], withNeed: boolean): DataTable {
  const columns: DataTable['columns'] = [
    { key: 'name', label: t('api:page.name'), line: 1 },
    { key: 'kind', label: t('api:page.kind'), line: 2, tight: true },
    ...(withNeed ? [{ key: 'need', label: t('api:page.need'), line: 2 as const, tight: true }] : []),
    { key: 'limits', label: t('api:page.limits'), line: 3 },
    { key: 'meaning', label: t('api:page.meaning'), line: 3 },
  ];
  return { caption, columns, rows: fieldRows(schema, t), empty: { title: '' } };
}

function shown(method: string, path: string, operation: Operation, document: OpenApi, t: Request['t']): ShownOperation {
  const [bodyType, body] = Object.entries(operation.requestBody?.content ?? {})[0] ?? [];
  const parameters = operation.parameters ?? [];
  const asSchema: Schema = {
    properties: Object.fromEntries(parameters.map(({ name, schema, description }) => [name, { ...schema, description }])),
    required: parameters.filter(({ required }) => required).map(({ name }) => name),
  };
  const caption = `${method.toUpperCase()} ${path}`;
  return {
    id: operation.operationId,
    method: method.toUpperCase(),
    path,
    summary: operation.summary,
    description: operation.description,
    parameters: parameters.length > 0 ? fieldTable(`${caption}: ${t('api:page.parameters')}`, asSchema, t, true) : null,
    body: body ? fieldTable(`${caption}: ${t('api:page.body')}`, document.components.schemas[refName(body.schema)] ?? {}, t, true) : null,
    bodyType: bodyType ?? null,
    example: body ? JSON.stringify(body.example, null, 2) : null,
    answers: {
      caption: `${caption}: ${t('api:page.answers')}`,
      columns: [
        { key: 'status', label: t('api:page.status'), line: 1, tight: true },
        { key: 'meaning', label: t('api:page.meaning'), line: 2 },
        { key: 'content', label: t('api:page.content'), line: 3, tight: true },
      ],
      rows: Object.entries(operation.responses).map(([status, { description, content }]) => {
        const [type, media] = Object.entries(content ?? {})[0] ?? [];
        return { cells: { status, meaning: description, content: media === undefined ? ({ kind: 'none' } as Cell) : media.schema.$ref ? refName(media.schema) : (type ?? '') } };
      }),
      empty: { title: '' },
    },
  };
}

/** The interface as a person reads it. */
export function presentDocs(document: OpenApi, t: Request['t']): DocsPage {
  const operations = Object.entries(document.paths).flatMap(([path, methods]) => Object.entries(methods).map(([method, operation]) => ({ method, path, operation })));
  // What is sent is described where it is sent.
  const sent = new Set(operations.flatMap(({ operation }) => Object.values(operation.requestBody?.content ?? {}).map(({ schema }) => refName(schema))));
  const answered = Object.entries(document.components.schemas).filter(([name]) => !sent.has(name));
  return {
    page: { title: document.info.title, width: 'full' },
    heading: { title: document.info.title },
    intro: document.info.description,
    token: t('api:doc.token'),
    base: document.servers[0]?.url ?? '',
    jsonHref: '/api/docs/openapi.json',
    operations: operations.map(({ method, path, operation }) => shown(method, path, operation, document, t)),
    schemas: answered.map(([name, schema]) => ({ name, table: fieldTable(name, schema, t, false) })),
  };
}

/** `/api/docs`: a page for people, the OpenAPI document for programs. */
export function docsRoutes({ config }: Ground): Router {
  const router = Router();
  const document = (req: Request): OpenApi => createOpenApi(req.t, config.publicUrl);
  router.get('/', (req, res) => {
    res.vary('Accept');
    if (req.accepts(['html', 'json']) === 'json') return void res.json(document(req));
    res.render('api/docs', presentDocs(document(req), req.t));
  });
  router.get('/openapi.json', (req, res) => void res.json(document(req)));
  return router;
}

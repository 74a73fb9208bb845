import { expect } from 'chai';
import type { Response } from 'supertest';
import type { OpenApi, Schema } from '../../../src/features/api/openapi/types.ts';

/** What an answer has that its description has not, and what it lacks; a path and a word for each. */
export function departures(value: unknown, schema: Schema, document: OpenApi, path = ''): string[] {
  if (schema.$ref) return departures(value, document.components.schemas[schema.$ref.split('/').at(-1)!]!, document, path);
  const types = [schema.type ?? []].flat();
  if (value === null) return types.includes('null') ? [] : [`${path} is null`];
  const is = Array.isArray(value) ? 'array' : Number.isInteger(value) && types.includes('integer') ? 'integer' : typeof value;
  if (!types.includes(is)) return [`${path} is ${is}`];
  if (schema.enum && !schema.enum.includes(value as string)) return [`${path} is ${JSON.stringify(value)}`];
  if (schema.format === 'date-time' && !/^"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\+08:00"$/.test(JSON.stringify(value))) return [`${path} is no instant`];
  if (Array.isArray(value)) return value.flatMap((one, n) => departures(one, schema.items!, document, `${path}[${n}]`));
  if (is !== 'object') return [];
  const properties = schema.properties ?? {};
  return [
    ...(schema.required ?? []).filter((name) => !(name in (value as object))).map((name) => `${path}.${name} is missing`),
    ...Object.entries(value as object).flatMap(([name, inner]) => {
      const known = properties[name] ?? (typeof schema.additionalProperties === 'object' ? schema.additionalProperties : undefined);
      return known ? departures(inner, known, document, `${path}.${name}`) : [`${path}.${name} is not described`];
    }),
  ];
}

/** An answer is what its operation says of its status. */
export function keepsToIts(document: OpenApi, method: 'get' | 'post', path: string, answer: Response): void {
  const operation = document.paths[path]?.[method];
  const said = operation?.responses[String(answer.status)];
  expect(said, `${method} ${path} says nothing of ${answer.status}: ${JSON.stringify(answer.body)}`).to.not.equal(undefined);
  const [schema] = Object.values(said?.content ?? {}).map((content) => content.schema);
  if (schema) expect(departures(answer.body, schema, document, `${method} ${path} ${answer.status}`)).to.deep.equal([]);
}

/** An answer that says what is wrong as RFC 9457 has it. */
export function problem(answer: Response, status: number): { title: string; detail: string; errors?: Record<string, string>; [member: string]: unknown } {
  expect(answer.status, JSON.stringify(answer.body)).to.equal(status);
  expect(answer.headers['content-type']).to.match(/^application\/problem\+json/);
  expect(answer.body).to.include({ type: 'about:blank', status });
  expect(answer.body.requestId).to.equal(answer.headers['x-request-id']);
  return answer.body as { title: string; detail: string };
}

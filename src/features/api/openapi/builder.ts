import type { Translate } from '../../../platform/i18n.ts';
import type { Operation, Parameter, Schema } from './types.ts';

/** The pieces a description is put together from, with the words of one namespace below `doc`. */
export interface Builder {
  say(key: string): string;
  text(key: string, more?: Schema): Schema;
  choice(key: string, values: readonly string[]): Schema;
  orNull(schema: Schema): Schema;
  instant(key: string): Schema;
  day(key: string): Schema;
  flag(key: string): Schema;
  number(key: string, more?: Schema): Schema;
  list(key: string, items: Schema, more?: Schema): Schema;
  object(properties: Record<string, Schema>, required?: string[]): Schema;
  ref(name: string): Schema;
  json(schema: Schema): Record<string, { schema: Schema }>;
  query(name: string, schema: Schema): Parameter;
  path(name: string, schema?: Schema): Parameter;
  key(example: string): Parameter;
  /** An answer that is a problem, in the words that all resources share. */
  problem(key: string): Operation['responses'][string];
  /** The same in the words of this resource. */
  ownProblem(key: string): Operation['responses'][string];
  body(name: string, example: unknown, type?: string): NonNullable<Operation['requestBody']>;
}

export function createBuilder(t: Translate, namespace: string): Builder {
  const say = (key: string): string => t(`${namespace}:doc.${key}`);
  const text = (key: string, more: Schema = {}): Schema => ({ type: 'string', description: say(`field.${key}`), ...more });
  const ref = (name: string): Schema => ({ $ref: `#/components/schemas/${name}` });
  const problemOf = (description: string): Operation['responses'][string] => ({ description, content: { 'application/problem+json': { schema: ref('Problem') } } });
  return {
    say,
    text,
    ref,
    choice: (key, values) => text(key, { enum: values }),
    orNull: (schema) => ({ ...schema, type: [schema.type as string, 'null'], ...(schema.enum ? { enum: [...schema.enum, null] } : {}) }),
    instant: (key) => text(key, { format: 'date-time' }),
    day: (key) => text(key, { format: 'date' }),
    flag: (key) => ({ type: 'boolean', description: say(`field.${key}`) }),
    number: (key, more = {}) => ({ type: 'number', description: say(`field.${key}`), ...more }),
    list: (key, items, more = {}) => ({ type: 'array', description: say(`field.${key}`), items, ...more }),
    object: (properties, required = Object.keys(properties)) => ({ type: 'object', properties, required }),
    json: (schema) => ({ 'application/json': { schema } }),
    query: (name, schema) => ({ name, in: 'query', required: false, description: say(`query.${name}`), schema }),
    path: (name, schema = { type: 'string' }) => ({ name, in: 'path', required: true, description: say(`path.${name}`), schema }),
    key: (example) => ({ name: 'Idempotency-Key', in: 'header', required: true, description: say('header.key'), schema: { type: 'string', maxLength: 255, example } }),
    problem: (key) => problemOf(t(`api:doc.answer.${key}`)),
    ownProblem: (key) => problemOf(say(`answer.${key}`)),
    body: (name, example, type = 'application/json') => ({ required: true, content: { [type]: { schema: ref(name), example } } }),
  };
}

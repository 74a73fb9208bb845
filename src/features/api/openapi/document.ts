import type { Translate } from '../../../platform/i18n.ts';
import { createBuilder } from './builder.ts';
import { changePart } from './changes.ts';
import { incidentPart } from './incidents.ts';
import { recordPart } from './records.ts';
import { repairPart } from './repairs.ts';
import type { OpenApi, Schema } from './types.ts';

/** What any answer may be that is no good one (RFC 9457); the last members tell a program what to do about it. */
function problemSchema(t: Translate): Schema {
  const { text, choice, day, number, list, object, say } = createBuilder(t, 'api');
  return object({
    type: text('problemType'),
    title: text('problemTitle'),
    status: number('problemStatus', { type: 'integer' }),
    detail: text('problemDetail'),
    instance: text('problemInstance'),
    requestId: text('requestId'),
    errors: { type: 'object', description: say('field.errors'), additionalProperties: { type: 'string' } },
    record: text('problemRecord', { format: 'uuid' }),
    version: number('problemVersion', { type: 'integer' }),
    standing: text('problemStanding'),
    names: { ...object({ sent: text('nameSent'), known: text('nameKnown') }), description: say('field.problemNames') },
    difference: list('problemDifference', { type: 'string' }),
    why: text('problemWhy'),
    day: day('problemDay'),
    otherDay: day('problemOtherDay'),
    part: text('problemPart'),
    recorded: choice('problemRecorded', ['no', 'pending', 'unknown']),
  }, ['type', 'title', 'status', 'detail', 'requestId']);
}

/** The description of the interface, in the reader's language. */
export function createOpenApi(t: Translate, publicUrl: string): OpenApi {
  const { say } = createBuilder(t, 'api');
  const parts = [incidentPart(t), recordPart(t), changePart(t), repairPart(t)];
  return {
    openapi: '3.1.0',
    info: { title: say('title'), version: '1', description: say('intro') },
    servers: [{ url: `${publicUrl}/api/v1` }],
    security: [{ token: [] }],
    paths: Object.assign({}, ...parts.map(({ paths }) => paths)) as OpenApi['paths'],
    components: {
      securitySchemes: { token: { type: 'http', scheme: 'bearer', description: say('token') } },
      schemas: Object.assign({}, ...parts.map(({ schemas }) => schemas), { Problem: problemSchema(t) }) as OpenApi['components']['schemas'],
    },
  };
}

import { createHash, createSecretKey } from 'node:crypto';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { defaultPayloadConverter, type Payload } from '@temporalio/common';
import proto from '@temporalio/proto';
import { createDataConverter, createPayloadCodec } from '../../src/platform/temporal/codec.ts';
import type { Command } from '../../src/rules/casefile/commands.ts';
import type { Happening } from '../../src/rules/casefile/events.ts';
import type { Recorded } from '../../src/rules/casefile/ports.ts';

const { History: HistoryMessage } = proto.temporal.api.history.v1;
const { Payload: PayloadMessage } = proto.temporal.api.common.v1;

export type History = ReturnType<typeof HistoryMessage.fromObject>;

export const HISTORIES_FOLDER = fileURLToPath(new URL('histories/', import.meta.url));

/**
 * The key of the recorded histories. It is published on purpose and stays as it is: whoever has the repository can
 * replay and read them, and what they tell is made up.
 */
const publishedKey = createSecretKey(createHash('sha256').update('the published key of the recorded histories').digest());
export const payloadKeys = [publishedKey] as const;
export const dataConverter = createDataConverter(payloadKeys);
const codec = createPayloadCodec(payloadKeys);

/** What JSON can hold of a message: 64-bit numbers, enums and bytes (Base64) are texts. */
export type Json = string | number | boolean | null | Json[] | { [member: string]: Json };

/**
 * A history as JSON and back by the generated messages themselves. The SDK's own way (`historyToJSON`, and giving JSON to
 * the replayer) fails with "type must be a Type" where npm installs more than one copy of protobufjs, as it does here.
 */
export const historyToJson = (history: object): { events: Json[] } =>
  HistoryMessage.toObject(HistoryMessage.fromObject(history), { longs: String, enums: String, bytes: String }) as { events: Json[] };

export const historyFromJson = (json: { events: Json[] }): History => HistoryMessage.fromObject(json);

/** One run of a workflow as it was recorded. */
export interface Recording {
  /** Folder and file without its ending: `v1/whole-way`. */
  readonly name: string;
  /** What happened, in a sentence. */
  readonly situation: string;
  readonly events: Json[];
}

/** Names of the versions that there are, oldest first. */
export function versions(): string[] {
  if (!existsSync(HISTORIES_FOLDER)) return [];
  const numbers = readdirSync(HISTORIES_FOLDER).flatMap((name) => (/^v[1-9]\d*$/u.test(name) ? [Number(name.slice(1))] : []));
  return numbers.sort((a, b) => a - b).map((number) => `v${number}`);
}

export function recordingsOf(version: string): Recording[] {
  const files = readdirSync(`${HISTORIES_FOLDER}${version}`).filter((file) => file.endsWith('.json')).sort();
  return files.map((file) => {
    const read = JSON.parse(readFileSync(`${HISTORIES_FOLDER}${version}/${file}`, 'utf8')) as Omit<Recording, 'name'>;
    return { ...read, name: `${version}/${file.slice(0, -'.json'.length)}` };
  });
}

/** One event a line, so that a change of a fixture can be looked at. */
export function recordingText({ situation, events }: Pick<Recording, 'situation' | 'events'>): string {
  return `{"situation":${JSON.stringify(situation)},"events":[\n${events.map((event) => JSON.stringify(event)).join(',\n')}\n]}\n`;
}

interface EncodedPayload {
  metadata: Record<string, string>;
  data?: string;
}

const isPayload = (json: object): json is EncodedPayload => 'metadata' in json && Object.keys(json).every((member) => member === 'metadata' || member === 'data');

async function opened(payload: EncodedPayload): Promise<Payload> {
  const [plain] = await codec.decode([PayloadMessage.fromObject(payload)]);
  return plain!;
}

/** The history with the content of every payload changed, locked again with the same key where it was locked. */
export async function withPayloads(json: Json, change: (text: string) => string): Promise<Json> {
  if (typeof json !== 'object' || json === null) return json;
  if (Array.isArray(json)) return Promise.all(json.map((one) => withPayloads(one, change)));
  if (!isPayload(json)) {
    const members = await Promise.all(Object.entries(json).map(async ([member, value]) => [member, await withPayloads(value, change)] as const));
    return Object.fromEntries(members);
  }
  const plain = await opened(json);
  const before = Buffer.from(plain.data ?? []).toString();
  const after = change(before);
  if (after === before) return json;
  const [locked] = await codec.encode([{ ...plain, data: Buffer.from(after) }]);
  return PayloadMessage.toObject(PayloadMessage.fromObject(locked!), { bytes: String }) as Json;
}

/** The text of every payload in it. */
export async function payloadTexts(json: Json): Promise<string[]> {
  const texts: string[] = [];
  await withPayloads(json, (text) => {
    texts.push(text);
    return text;
  });
  return texts;
}

/** What a history tells once its payloads are opened. */
export interface Told {
  workflow: string;
  /** A process that was started on a file that others had written to. */
  takesUp: boolean;
  eventTypes: Set<string>;
  updates: Set<string>;
  activities: Set<string>;
  commands: Command[];
  happenings: Happening[];
}

type Members = Record<string, unknown>;
const within = (json: unknown, ...path: string[]): unknown => path.reduce<unknown>((found, member) => (found as Members | undefined)?.[member], json);

async function firstValue(payloads: unknown): Promise<unknown> {
  const [payload] = (within(payloads, 'payloads') as EncodedPayload[] | undefined) ?? [];
  return payload && defaultPayloadConverter.fromPayload(await opened(payload));
}

export async function tell({ events }: Pick<Recording, 'events'>): Promise<Told> {
  const told: Told = { workflow: '', takesUp: false, eventTypes: new Set(), updates: new Set(), activities: new Set(), commands: [], happenings: [] };
  for (const event of events) {
    told.eventTypes.add(String(within(event, 'eventType')));
    const started = within(event, 'workflowExecutionStartedEventAttributes');
    if (started) {
      told.workflow = String(within(started, 'workflowType', 'name'));
      told.takesUp = within(await firstValue(within(started, 'input')), 'opening') === null;
    }
    const request = within(event, 'workflowExecutionUpdateAcceptedEventAttributes', 'acceptedRequest', 'input');
    if (request) {
      const name = String(within(request, 'name'));
      told.updates.add(name);
      if (name === 'act') told.commands.push((await firstValue(within(request, 'args'))) as Command);
    }
    const activity = within(event, 'activityTaskScheduledEventAttributes', 'activityType', 'name');
    if (typeof activity === 'string') told.activities.add(activity);
    const marker = within(event, 'markerRecordedEventAttributes', 'details');
    if (marker) {
      // That a change of the procedure was taken is a marker too.
      const name = within(await firstValue(within(marker, 'data')), 'activity_type');
      if (typeof name !== 'string') continue;
      told.activities.add(name);
      const result = within(marker, 'result');
      if (name === 'record' && result) told.happenings.push(...((await firstValue(result)) as Recorded).events.map(({ what }) => what));
    }
  }
  return told;
}

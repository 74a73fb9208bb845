import { createCipheriv, createDecipheriv, createHash, randomBytes, type KeyObject } from 'node:crypto';
import { fileURLToPath } from 'node:url';
import { METADATA_ENCODING_KEY, type DataConverter, type Payload, type PayloadCodec } from '@temporalio/common';
import proto from '@temporalio/proto';

const ALGORITHM = 'aes-256-gcm';
/** NIST SP 800-38D: 96 bits is the length for which GCM needs no extra hashing of the vector. */
const IV_BYTES = 12;
const TAG_BYTES = 16;

const ENCODING = 'binary/encrypted';
const KEY_ID = 'encryption-key-id';

const encoder = new TextEncoder();
const decoder = new TextDecoder();
const { Payload: PayloadMessage } = proto.temporal.api.common.v1;

/** Eight hexadecimal digits that name a key without telling it. */
export function keyId(key: KeyObject): string {
  return createHash('sha256').update('xinzhi payload key').update(key.export()).digest('hex').slice(0, 8);
}

function encrypt(key: KeyObject, id: Uint8Array, plain: Uint8Array): Uint8Array {
  const iv = randomBytes(IV_BYTES);
  const cipher = createCipheriv(ALGORITHM, key, iv);
  cipher.setAAD(id);
  return Buffer.concat([iv, cipher.update(plain), cipher.final(), cipher.getAuthTag()]);
}

function decrypt(key: KeyObject, id: Uint8Array, data: Uint8Array): Uint8Array {
  const decipher = createDecipheriv(ALGORITHM, key, data.subarray(0, IV_BYTES), { authTagLength: TAG_BYTES });
  decipher.setAAD(id);
  decipher.setAuthTag(data.subarray(-TAG_BYTES));
  return Buffer.concat([decipher.update(data.subarray(IV_BYTES, -TAG_BYTES)), decipher.final()]);
}

/**
 * What Temporal stores is encrypted: inputs, results, update arguments, failure details.
 * The first key encrypts; every key decrypts what carries its id, so keys are changed by putting the
 * new one in front and taking the old one out when the last case that used it is closed.
 */
export function createPayloadCodec(keys: readonly [KeyObject, ...KeyObject[]]): PayloadCodec {
  const current = { key: keys[0], id: encoder.encode(keyId(keys[0])) };
  const byId = new Map(keys.map((key) => [keyId(key), key]));

  function decodeOne(payload: Payload): Payload {
    const encoding = payload.metadata?.[METADATA_ENCODING_KEY];
    if (encoding === undefined || encoding === null || decoder.decode(encoding) !== ENCODING) return payload;
    const id = payload.metadata?.[KEY_ID];
    const name = id ? decoder.decode(id) : '';
    const key = byId.get(name);
    if (!id || !key) throw new Error(`A stored payload was encrypted with key ${name || '(unnamed)'}, which XINZHI_PAYLOAD_KEY does not hold.`);
    return PayloadMessage.decode(decrypt(key, id, payload.data ?? new Uint8Array()));
  }

  return {
    async encode(payloads) {
      return payloads.map((payload) => ({
        metadata: { [METADATA_ENCODING_KEY]: encoder.encode(ENCODING), [KEY_ID]: current.id },
        data: encrypt(current.key, current.id, PayloadMessage.encode(payload).finish()),
      }));
    },
    async decode(payloads) {
      return payloads.map(decodeOne);
    },
  };
}

/** Puts messages and stack traces of failures into payloads too; the workflow bundle must be given the same path. */
export const FAILURE_CONVERTER_PATH = fileURLToPath(new URL('failure-converter.ts', import.meta.url));

/** The converter that client, worker and replayer share; they can read each other only with the same one. */
export function createDataConverter(keys: readonly [KeyObject, ...KeyObject[]]): DataConverter {
  return { payloadCodecs: [createPayloadCodec(keys)], failureConverterPath: FAILURE_CONVERTER_PATH };
}

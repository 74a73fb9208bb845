import { createSecretKey, randomBytes } from 'node:crypto';
import { defaultPayloadConverter } from '@temporalio/common';
import { expect } from 'chai';
import { createPayloadCodec, keyId } from '../../../src/platform/temporal/codec.ts';

const key = () => createSecretKey(randomBytes(32));
const payload = (value: unknown) => defaultPayloadConverter.toPayload(value);
const bytesOf = (data: Uint8Array | null | undefined) => Buffer.from(data ?? []);

describe('the payload codec', () => {
  it('what Temporal stores does not show the content', async () => {
    const [stored] = await createPayloadCodec([key()]).encode([payload({ name: '张三', id: '110101199003072316' })]);
    const everything = Buffer.concat([bytesOf(stored?.data), ...Object.values(stored?.metadata ?? {}).map((value) => bytesOf(value))]);
    expect(everything.includes('张三')).to.equal(false);
    expect(everything.includes('110101199003072316')).to.equal(false);
  });

  it('gives back what it was given, whatever it is', async () => {
    const codec = createPayloadCodec([key()]);
    const values = ['', '信治', 0, null, undefined, [1, { a: true }], new Uint8Array([0, 255])];
    const decoded = await codec.decode(await codec.encode(values.map(payload)));
    expect(decoded.map((one) => defaultPayloadConverter.fromPayload(one))).to.deep.equal(values);
  });

  it('the same content is never stored the same way twice', async () => {
    const codec = createPayloadCodec([key()]);
    const [one, two] = await codec.encode([payload('x'), payload('x')]);
    expect(bytesOf(one?.data)).to.not.deep.equal(bytesOf(two?.data));
  });

  it('after a change of the key, the old one still opens what it locked', async () => {
    const [old, current] = [key(), key()];
    const before = await createPayloadCodec([old]).encode([payload('before')]);
    const codec = createPayloadCodec([current, old]);
    const after = await codec.encode([payload('after')]);
    const opened = await codec.decode([...before, ...after]);
    expect(opened.map((one) => defaultPayloadConverter.fromPayload(one))).to.deep.equal(['before', 'after']);
    expect(bytesOf(after[0]?.metadata?.['encryption-key-id']).toString()).to.equal(keyId(current));
  });

  it('a missing key is named by its id', async () => {
    const lost = key();
    const stored = await createPayloadCodec([lost]).encode([payload('x')]);
    const failure: unknown = await createPayloadCodec([key()]).decode(stored).catch((error: unknown) => error);
    expect(failure).to.be.an('error').with.property('message').that.includes(keyId(lost)).and.includes('XINZHI_PAYLOAD_KEY');
  });

  it('a changed byte is noticed', async () => {
    const codec = createPayloadCodec([key()]);
    const [stored] = await codec.encode([payload('x')]);
    const data = bytesOf(stored?.data);
    data[20] = (data[20] ?? 0) ^ 1;
    const failure: unknown = await codec.decode([{ ...stored, data }]).catch((error: unknown) => error);
    expect(failure).to.be.an('error');
  });

  it('what was stored before the codec was used is passed through', async () => {
    const plain = payload('plain');
    expect(await createPayloadCodec([key()]).decode([plain])).to.deep.equal([plain]);
  });
});

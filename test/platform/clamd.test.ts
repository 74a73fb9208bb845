import { createServer, type AddressInfo, type Socket } from 'node:net';
import { Readable } from 'node:stream';
import { expect } from 'chai';
import { createClamd, ScannerAway } from '../../src/platform/clamd.ts';
import { createTestClamd, signature, virus } from '../support/clamd.ts';
import { failure } from '../support/failure.ts';

for (const spoken of [false, true]) {
  const clamd = createTestClamd({ spoken });
  if (!spoken && !clamd.real) continue;
  describe(`clamd${clamd.real ? ', the real one,' : ', as its protocol says,'} on its socket`, function () {
    this.timeout(90_000);
    before(() => clamd.start());
    after(() => clamd.close());
    const scanner = createClamd({ path: clamd.path });

    it('passes what is clean, in pieces of any size, and nothing at all', async () => {
      expect(await scanner.scan(Readable.from([Buffer.from('检验'), Buffer.alloc(0), Buffer.from('报告')]))).to.deep.equal({ kind: 'clean' });
      expect(await scanner.scan(Readable.from([]))).to.deep.equal({ kind: 'clean' });
      expect(await scanner.scan(Readable.from(Array.from({ length: 60 }, () => Buffer.alloc(16_384, 'a'))))).to.deep.equal({ kind: 'clean' });
    });

    it('names what is infected', async () => {
      const result = await scanner.scan(Readable.from([virus.subarray(0, 7), virus.subarray(7)]));
      expect(result.kind).to.equal('infected');
      expect(result).to.have.property('signature').that.contains(signature);
    });

    it('gives no result for what is too long for it: neither clean nor infected', async () => {
      expect(await failure(scanner.scan(Readable.from(Array.from({ length: 200 }, () => Buffer.alloc(65_536, 'a')))))).to.be.instanceOf(ScannerAway);
    });

    it('answers a ping', () => scanner.ping());

    it('a content that breaks off is no fault of the scanner, and no result', async () => {
      const broken = new Readable({ read() { this.push('a'); this.destroy(new Error('the disk is gone')); } });
      expect((await failure(scanner.scan(broken))).message).to.equal('the disk is gone');
    });
  });
}

describe('a scanner that is not there', () => {
  const onPort = async (talk: (socket: Socket) => void, use: (port: number) => Promise<void>): Promise<void> => {
    const server = createServer(talk);
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    try {
      await use((server.address() as AddressInfo).port);
    } finally {
      server.close();
    }
  };

  it('is away, and so is one that hangs up or talks nonsense', async () => {
    expect(await failure(createClamd({ path: '/nowhere/clamd.sock' }).scan(Readable.from(['a'])))).to.be.instanceOf(ScannerAway);
    for (const talk of [(socket: Socket) => socket.destroy(), (socket: Socket) => socket.end('stream: perhaps\0'), (socket: Socket) => socket.end()]) {
      await onPort((socket) => { socket.on('error', () => undefined); talk(socket); }, async (port) => {
        const scanner = createClamd({ host: '127.0.0.1', port });
        expect(await failure(scanner.scan(Readable.from(['a'])))).to.be.instanceOf(ScannerAway);
        expect(await failure(scanner.ping())).to.be.instanceOf(ScannerAway);
      });
    }
  });
});

import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer, type AddressInfo, type Server } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect } from 'chai';
import { createPorts, isFree } from '../../src/launcher/ports.ts';

function occupy(port: number, host = '127.0.0.1'): Promise<Server> {
  return new Promise((resolve, reject) => {
    const server = createServer();
    server.once('error', reject);
    server.listen(port, host, () => resolve(server));
  });
}

const portOf = (server: Server) => (server.address() as AddressInfo).port;

describe('ports of the local stack', () => {
  const folder = mkdtempSync(join(tmpdir(), 'xinzhi-ports-'));
  const file = join(folder, 'ports.json');
  const taken: Server[] = [];

  afterEach(async () => {
    rmSync(file, { force: true });
    await Promise.all(taken.splice(0).map((server) => new Promise((resolve) => { server.close(resolve); })));
  });
  after(() => rmSync(folder, { recursive: true }));

  /** A port that is free now, with one above it that is free too. */
  async function somePort(): Promise<number> {
    for (let port = 21_000; ; port += 2) if (await isFree(port) && await isFree(port + 1)) return port;
  }

  it('the usual port is taken when it is free', async () => {
    const port = await somePort();
    expect(await createPorts(file, { web: port }).choose('web')).to.equal(port);
  });

  it('one that somebody else has is passed over', async () => {
    const port = await somePort();
    taken.push(await occupy(port));
    expect(portOf(taken[0] as Server)).to.equal(port);
    expect(await createPorts(file, { web: port }).choose('web')).to.be.greaterThan(port);
  });

  it('one that somebody has on all interfaces is passed over', async () => {
    const port = await somePort();
    taken.push(await occupy(port, '0.0.0.0'));
    expect(await createPorts(file, { web: port }).choose('web')).to.be.greaterThan(port);
  });

  it('the next start gets the same port, though the usual one is free again', async () => {
    const port = await somePort();
    taken.push(await occupy(port));
    const first = await createPorts(file, { web: port }).choose('web');
    await Promise.all(taken.splice(0).map((server) => new Promise((resolve) => { server.close(resolve); })));
    expect(await createPorts(file, { web: port }).choose('web')).to.equal(first);
  });

  it('two names never get the same port', async () => {
    const port = await somePort();
    const ports = createPorts(file, { web: port, smtp: port });
    expect(await ports.choose('web')).to.not.equal(await ports.choose('smtp'));
  });

  it('a damaged memory is no reason to fail', async () => {
    const port = await somePort();
    writeFileSync(file, '{"web":');
    expect(await createPorts(file, { web: port }).choose('web')).to.equal(port);
  });
});

import { spawn } from 'node:child_process';
import { once } from 'node:events';
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
  async function somePort(from = 21_000): Promise<number> {
    for (let port = from; ; port += 2) if (await isFree(port) && await isFree(port + 1)) return port;
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

  it('two starts at the same moment take different ones; what a killed one had chosen is free again', async () => {
    const port = await somePort(22_000); // this process holds what the tests before have chosen
    const script = `const { createPorts } = await import('./src/launcher/ports.ts'); process.stdout.write(String(await createPorts(undefined, { web: ${port} }).choose('web'))); await new Promise((wait) => setTimeout(wait, 60_000));`;
    const starts = [1, 2, 3].map(() => spawn(process.execPath, ['--import', 'tsx', '--input-type=module', '-e', script], { stdio: ['ignore', 'pipe', 'inherit'] }));
    const chosen = await Promise.all(starts.map(({ stdout }) => once(stdout, 'data').then(([said]) => Number(said))));
    expect(new Set(chosen).size, chosen.join()).to.equal(3);
    expect(Math.min(...chosen)).to.equal(port);
    await Promise.all(starts.map((start) => { start.kill('SIGKILL'); return once(start, 'exit'); }));
    expect(await createPorts(undefined, { web: port }).choose('web')).to.equal(port);
  });

  it('a damaged memory is no reason to fail', async () => {
    const port = await somePort();
    writeFileSync(file, '{"web":');
    expect(await createPorts(file, { web: port }).choose('web')).to.equal(port);
  });
});

import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import express from 'express';
import type { Knex } from 'knex';
import { createSessions, startSession } from '../../src/platform/http/session.ts';
import { defaultSignInRules } from '../../src/platform/http/feature.ts';
import { Browser } from './browser.ts';
import { timesOf, type Times } from './figures.ts';

export interface SessionFigures {
  /** One answer of ten bytes. */
  readonly bare: Times;
  /** The same, to a person whose session, name and roles were read before. */
  readonly signedIn: Times;
}

const warmUps = 50;

/** What it costs to know who asks: the same answer by `express` with and without, asked for in turn. */
export async function measureSessions({ knex, username, rounds }: { knex: Knex; username: string; rounds: number }): Promise<SessionFigures> {
  const { id }: { id: string } = await knex('person').where({ username }).first('id');
  const app = express();
  app.get('/bare', (_req, res) => void res.send('ten bytes.'));
  app.use(createSessions(knex, 'a secret of the bench alone', () => Promise.resolve(defaultSignInRules)).handlers);
  app.get('/in', async (req, res) => {
    await startSession(req, { id } as Express.User);
    res.send('come in');
  });
  app.get('/known', (req, res) => void res.status(req.user ? 200 : 401).send('ten bytes.'));
  const server = createServer(app).listen(0, '127.0.0.1');
  await new Promise((resolve) => void server.once('listening', resolve));
  const browser = new Browser(`http://127.0.0.1:${(server.address() as AddressInfo).port}`);
  try {
    await browser.get('/in');
    const samples = { bare: [] as number[], known: [] as number[] };
    for (let round = -warmUps; round < rounds; round += 1) {
      for (const path of ['bare', 'known'] as const) {
        const { status, ms } = await browser.get(`/${path}`);
        if (status !== 200) throw new Error(`/${path} was answered with ${status}.`);
        if (round >= 0) samples[path].push(ms);
      }
    }
    return { bare: timesOf(samples.bare), signedIn: timesOf(samples.known) };
  } finally {
    browser.close();
    server.closeAllConnections();
    await new Promise((resolve) => void server.close(resolve));
  }
}

import { BlockList, isIPv4, isIPv6 } from 'node:net';
import { Router } from 'express';
import type { Logger } from 'pino';
import type { Metrics } from '../../platform/metrics.ts';
import { parts, type Check, type Part } from './checks.ts';

/** What the probes are made of. */
export interface Probes {
  readonly checks: Readonly<Record<Part, Check>>;
  readonly metrics: Pick<Metrics, 'contentType' | 'text'>;
  readonly logger: Logger;
  /** Undefined where no scanner of files is configured. */
  readonly scanner?: Check | undefined;
}

const PATIENCE_MS = 2000;
/** Several balancers that ask at the same time cost one round of checks. */
const FRESH_MS = 1000;

interface Report {
  readonly status: 'ready' | 'notReady';
  readonly parts: Record<Part, 'ok' | 'away'>;
  /** Named once more, for a reader of logs. */
  readonly away: readonly Part[];
  /** Without it files wait in quarantine, and all else goes on: so it makes nothing unready. */
  readonly scanner: 'ok' | 'away' | 'notConfigured';
}

function within(check: Check): Promise<void> {
  const signal = AbortSignal.timeout(PATIENCE_MS);
  return new Promise((resolve, reject) => {
    signal.addEventListener('abort', () => reject(new Error(`no answer within ${PATIENCE_MS} ms`)), { once: true });
    check(signal).then(resolve, reject);
  });
}

/** Counts tell much of an office's work, so they are for machines of the same network. */
const ownNetwork = new BlockList();
for (const [net, prefix] of [['127.0.0.0', 8], ['10.0.0.0', 8], ['172.16.0.0', 12], ['192.168.0.0', 16]] as const) ownNetwork.addSubnet(net, prefix);
for (const [net, prefix] of [['::1', 128], ['fc00::', 7], ['fe80::', 10]] as const) ownNetwork.addSubnet(net, prefix, 'ipv6');

function isOwnNetwork(address: string | undefined): boolean {
  if (address === undefined) return false;
  if (isIPv4(address)) return ownNetwork.check(address);
  return isIPv6(address) && ownNetwork.check(address, 'ipv6');
}

/**
 * For balancers and Prometheus: `/health/live` (the process answers), `/health/ready` (503 names the parts that
 * are away), `/metrics`. They need no session, and the last one is for the own network.
 */
export function createProbes({ checks, metrics, logger, scanner }: Probes): Router {
  const router = Router();
  let latest: { at: number; report: Promise<Report> } | undefined;

  async function examineScanner(): Promise<Report['scanner']> {
    if (!scanner) return 'notConfigured';
    return within(scanner).then(() => 'ok' as const, (error: unknown) => {
      logger.warn({ err: error }, 'the scanner of files is away');
      return 'away' as const;
    });
  }

  async function examine(): Promise<Report> {
    const scanned = examineScanner();
    const states = await Promise.all(parts.map(async (part): Promise<[Part, 'ok' | 'away']> => {
      try {
        await within(checks[part]);
        return [part, 'ok'];
      } catch (error) {
        logger.warn({ part, err: error }, 'a part is away');
        return [part, 'away'];
      }
    }));
    const away = states.filter(([, state]) => state === 'away').map(([part]) => part);
    return { status: away.length === 0 ? 'ready' : 'notReady', parts: Object.fromEntries(states) as Report['parts'], away, scanner: await scanned };
  }

  function report(): Promise<Report> {
    if (latest === undefined || Date.now() - latest.at > FRESH_MS) latest = { at: Date.now(), report: examine() };
    return latest.report;
  }

  router.get('/health/live', (_req, res) => {
    res.set('Cache-Control', 'no-store').json({ status: 'live' });
  });

  router.get('/health/ready', async (_req, res) => {
    const found = await report();
    res.status(found.away.length === 0 ? 200 : 503).set('Cache-Control', 'no-store').json(found);
  });

  router.get('/metrics', async (req, res, next) => {
    if (!isOwnNetwork(req.ip)) {
      next();
      return;
    }
    res.set('Cache-Control', 'no-store').type(metrics.contentType).send(await metrics.text());
  });

  return router;
}

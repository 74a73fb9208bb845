import { createServer } from 'node:http';
import type { Config } from '../config.ts';
import type { Metrics } from '../platform/metrics.ts';

/**
 * `/metrics` and `/health/live` of a worker, which has no web: on `XINZHI_WORKER_PORT`, or nowhere when it is unset.
 */
export async function serveWorkerMetrics({ host, workerPort }: Pick<Config, 'host' | 'workerPort'>, metrics: Metrics): Promise<{ close(): Promise<void> } | undefined> {
  if (workerPort === undefined) return undefined;
  const server = createServer((req, res) => {
    if (req.url === '/health/live') {
      res.setHeader('Content-Type', 'application/json').end('{"status":"live"}');
    } else if (req.url === '/metrics') {
      metrics.text().then((text) => res.setHeader('Content-Type', metrics.contentType).end(text), () => res.writeHead(500).end());
    } else {
      res.writeHead(404).end();
    }
  });
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen(workerPort, host, () => resolve());
  });
  return {
    async close() {
      server.closeAllConnections();
      await new Promise<void>((resolve) => { server.close(() => resolve()); });
    },
  };
}

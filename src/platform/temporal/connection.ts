import { Client, Connection } from '@temporalio/client';
import { createDataConverter } from './codec.ts';
import type { Config } from '../../config.ts';

/** What is needed to talk to Temporal. */
export type TemporalConfig = Pick<Config, 'temporalAddress' | 'temporalNamespace'> & { readonly secrets: Pick<Config['secrets'], 'payload'> };

/** A client with its connection; `close()` ends both. */
export interface TemporalClient {
  readonly client: Client;
  readonly connection: Connection;
  close(): Promise<void>;
}

/**
 * gRPC's own back-off grows to two minutes, so that a page would report Temporal as away long after it
 * came back. Connecting on the local network costs nothing, so it is tried every second.
 */
const RECONNECT = {
  'grpc.initial_reconnect_backoff_ms': 100,
  'grpc.min_reconnect_backoff_ms': 100,
  'grpc.max_reconnect_backoff_ms': 1000,
} as const;

/** Opens nothing yet: the first call connects. So a web process starts while Temporal is away. */
export function createTemporalClient(config: TemporalConfig): TemporalClient {
  const connection = Connection.lazy({ address: config.temporalAddress, channelArgs: RECONNECT });
  const client = new Client({
    connection,
    namespace: config.temporalNamespace,
    dataConverter: createDataConverter(config.secrets.payload),
  });
  return { client, connection, close: async () => { await connection.close(); } };
}

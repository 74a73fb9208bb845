import { destination, pino, stdSerializers, stdTimeFunctions, type DestinationStream, type Logger, type LoggerOptions } from 'pino';
import type { Config } from '../config.ts';
import type { RequestContext } from './request-context.ts';

/** What a log needs to know. */
export interface LoggingOptions {
  readonly level: Config['logLevel'];
  /** The process that writes: web, worker, a command. */
  readonly process: string;
  /** Lines written while a request is answered carry its id. */
  readonly context?: RequestContext;
  /** Default: standard output. */
  readonly destination?: DestinationStream;
}

/** Never in a log, wherever it stands in what is logged: passwords, cookies, tokens, keys. */
const REDACTED = ['password', 'passwordHash', 'password_hash', 'cookie', 'authorization', 'token', 'secret', '_csrf'];

/** What the database says of the row it refused: its values may be anybody's. */
const ROW = ['detail', 'where', 'internalQuery'] as const;

/** An error without what a database hangs on it; its message and code say what was wrong. */
function serialised(error: unknown): unknown {
  const plain: unknown = stdSerializers.err(error as Error);
  if (typeof plain !== 'object' || plain === null) return plain;
  const shown: Record<string, unknown> = { ...plain };
  for (const member of ROW) delete shown[member];
  if (Array.isArray(shown['aggregateErrors'])) shown['aggregateErrors'] = shown['aggregateErrors'].map(serialised);
  return shown;
}

function options({ level, process: name, context }: LoggingOptions): LoggerOptions {
  return {
    level,
    base: { process: name, pid: process.pid },
    timestamp: stdTimeFunctions.isoTime,
    formatters: { level: (label) => ({ level: label }) },
    serializers: { err: serialised, error: serialised },
    redact: { paths: REDACTED.flatMap((field) => [field, `*.${field}`, `*.*.${field}`]), censor: '[removed]' },
    mixin() {
      const requestId = context?.requestId();
      return requestId === undefined ? {} : { requestId };
    },
    // A line that names its request itself, as a mail's, keeps that name.
    mixinMergeStrategy: (line, mixin) => ({ ...mixin, ...line }),
  };
}

/** Lines that wait for room, in bytes; what is more is lost. */
const WAITING = 1024 ** 2;
const STANDARD_OUTPUT = 1;

/**
 * A log that cannot be written, as on a full disk, must not end the process: pino's own output does. What could not be
 * written is written with the next line that can be.
 */
function standardOutput(): DestinationStream {
  const output = destination({ fd: STANDARD_OUTPUT, sync: true, maxLength: WAITING });
  output.on('error', () => undefined);
  return output;
}

/** One JSON object a line, times in UTC. */
export function createLogger(logging: LoggingOptions): Logger {
  return pino(options(logging), logging.destination ?? standardOutput());
}

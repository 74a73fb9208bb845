import { collectDefaultMetrics, Counter, Histogram, Registry } from 'prom-client';

/** What a process counts; `text()` is what Prometheus reads. */
export interface Metrics {
  readonly contentType: string;
  text(): Promise<string>;
  /** A request was answered; `route` is the pattern, so that its values stay few. */
  request(request: { readonly method: string; readonly route: string; readonly status: number; readonly seconds: number }): void;
  /** A person's act came to its end: recorded, refused, or the page gave up waiting. */
  act(kind: string, outcome: string, seconds: number): void;
  /** A mail was handed to the mail server, or could not be. */
  mail(outcome: string, seconds: number): void;
}

/** Seconds; a page is meant to take some milliseconds, an act some tens of them, and gives up after eight seconds. */
const PAGE_BUCKETS = [0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10];
const ACT_BUCKETS = [0.01, 0.02, 0.03, 0.05, 0.1, 0.25, 0.5, 1, 2, 4, 8, 16];
const MAIL_BUCKETS = [0.01, 0.05, 0.1, 0.5, 1, 5, 15, 60, 300];

/**
 * A registry of its own for each process, so that tests can make any number.
 * @param process_ web or worker; stands on every series.
 */
export function createMetrics(process_: 'web' | 'worker'): Metrics {
  const registry = new Registry();
  const registers = [registry];
  registry.setDefaultLabels({ process: process_ });
  collectDefaultMetrics({ register: registry });

  const requests = new Histogram({
    name: 'xinzhi_http_request_duration_seconds',
    help: 'From the request to the end of its answer',
    labelNames: ['method', 'route', 'status'] as const,
    buckets: PAGE_BUCKETS,
    registers,
  });
  const acts = new Histogram({
    name: 'xinzhi_act_duration_seconds',
    help: 'From an act that was sent to its answer: recorded, refused, or not known in time',
    labelNames: ['kind', 'outcome'] as const,
    buckets: ACT_BUCKETS,
    registers,
  });
  const mails = new Counter({
    name: 'xinzhi_mail_attempts_total',
    help: 'Attempts to hand a mail to the mail server',
    labelNames: ['outcome'] as const,
    registers,
  });
  const mailSeconds = new Histogram({
    name: 'xinzhi_mail_attempt_duration_seconds',
    help: 'From taking a mail up to the mail server\'s answer',
    buckets: MAIL_BUCKETS,
    registers,
  });

  return {
    contentType: registry.contentType,
    text: () => registry.metrics(),
    request({ method, route, status, seconds }) {
      requests.observe({ method, route, status: String(status) }, seconds);
    },
    act(kind, outcome, seconds) {
      acts.observe({ kind, outcome }, seconds);
    },
    mail(outcome, seconds) {
      mails.inc({ outcome });
      mailSeconds.observe(seconds);
    },
  };
}

import { BadRequest, ForeignToken, HttpProblem, isDatabaseAway, NotFound, TooLarge, Unavailable } from './errors.ts';

/** A fault nobody foresaw (500); its words are the page's, its cause goes to the log. */
export class Unforeseen extends HttpProblem {
  readonly status = 500;
  constructor(cause: unknown) {
    super('Unforeseen');
    this.cause = cause;
  }
}

function field(error: object, name: string): unknown {
  return (error as Record<string, unknown>)[name];
}

/** Files too many, a field too long: what multer refuses is too large; the rest of it is malformed. */
function fromMulter(code: unknown, largestFile: number): HttpProblem {
  const tooLarge = ['LIMIT_FILE_SIZE', 'LIMIT_FILE_COUNT', 'LIMIT_FIELD_VALUE', 'LIMIT_FIELD_COUNT', 'LIMIT_PART_COUNT'];
  return typeof code === 'string' && tooLarge.includes(code) ? new TooLarge(largestFile) : new BadRequest('errors:malformed');
}

/** Whatever was thrown, as a problem with a status; `largestFile` in bytes is told to who sent too much. */
export function problemOf(error: unknown, largestFile: number): HttpProblem {
  if (error instanceof HttpProblem) return error;
  if (isDatabaseAway(error)) return new Unavailable('database', 'unknown', error);
  if (typeof error !== 'object' || error === null) return new Unforeseen(error);
  if (field(error, 'name') === 'MulterError') return fromMulter(field(error, 'code'), largestFile);
  if (field(error, 'code') === 'EBADCSRFTOKEN') return new ForeignToken();
  // http-errors of Express, body-parser and send: `expose` marks those that are the sender's fault.
  const status = field(error, 'status');
  if (status === 413) return new TooLarge(largestFile);
  if (status === 404) return new NotFound();
  if (typeof status === 'number' && status >= 400 && status < 500) return new BadRequest('errors:malformed');
  return new Unforeseen(error);
}

import { AsyncLocalStorage } from 'node:async_hooks';

/** Carries the id of the request being answered to everything that happens on its behalf. */
export interface RequestContext {
  run<T>(requestId: string, work: () => T): T;
  /** The id of the request this code runs for; undefined outside of one. */
  requestId(): string | undefined;
}

/** One for each process: the logger reads it, the web and the activities run inside it. */
export function createRequestContext(): RequestContext {
  const storage = new AsyncLocalStorage<string>();
  return {
    run: (requestId, work) => storage.run(requestId, work),
    requestId: () => storage.getStore(),
  };
}

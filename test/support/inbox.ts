import { setTimeout as sleep } from 'node:timers/promises';

/** A mail as the inbox's `/api/messages` gives it. */
export interface InboxMessage {
  readonly id: string;
  readonly receivedAt: string;
  readonly from: string;
  readonly to: readonly string[];
  readonly subject: string;
  readonly text: string;
  readonly html: string | null;
  readonly messageId: string | null;
  readonly inReplyTo: string | null;
  readonly references: readonly string[];
  /** Names in lower case; a header that stands twice has both values. */
  readonly headers: Readonly<Record<string, readonly string[]>>;
}

/** Reads the local inbox. */
export interface InboxClient {
  /** Newest first; only those to `recipient` when it is given. */
  messages(recipient?: string): Promise<InboxMessage[]>;
  /** Looks every 50 ms until `wanted` of the mails to `recipient` are there; fails after `timeoutMs`. */
  waitFor(recipient: string, wanted?: number, timeoutMs?: number): Promise<InboxMessage[]>;
  /** Removes every mail. Suites run in one process after the other, so this disturbs nobody. */
  clear(): Promise<void>;
}

/** A client of the inbox whose page is at `url`. */
export function createInboxClient(url: string): InboxClient {
  async function messages(recipient?: string): Promise<InboxMessage[]> {
    const query = recipient === undefined ? '' : `?to=${encodeURIComponent(recipient)}`;
    const response = await fetch(`${url}/api/messages${query}`);
    if (!response.ok) throw new Error(`The inbox answered ${response.status}.`);
    return await response.json() as InboxMessage[];
  }

  return {
    messages,
    async waitFor(recipient, wanted = 1, timeoutMs = 10_000) {
      const end = Date.now() + timeoutMs;
      for (;;) {
        const found = await messages(recipient);
        if (found.length >= wanted) return found;
        if (Date.now() > end) throw new Error(`${found.length} of ${wanted} mails to ${recipient} came within ${timeoutMs} ms.`);
        await sleep(50);
      }
    },
    async clear() {
      const response = await fetch(`${url}/api/messages`, { method: 'DELETE' });
      if (!response.ok) throw new Error(`The inbox answered ${response.status}.`);
    },
  };
}

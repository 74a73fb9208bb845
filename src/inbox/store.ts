import { randomBytes } from 'node:crypto';
import { mkdir, readdir, readFile, rm, writeFile, rename } from 'node:fs/promises';
import { join } from 'node:path';
import { simpleParser, type AddressObject, type ParsedMail } from 'mailparser';

/** A mail that was delivered here. */
export interface StoredMail {
  /** Sorts by the time of arrival. */
  readonly id: string;
  /** ISO 8601 in UTC. */
  readonly receivedAt: string;
  /** Envelope sender; empty for a bounce. */
  readonly from: string;
  /** Envelope recipients. */
  readonly to: readonly string[];
  readonly subject: string;
  readonly text: string;
  readonly html: string | null;
  readonly messageId: string | null;
  readonly inReplyTo: string | null;
  readonly references: readonly string[];
  /** Names in lower case; a header that stands twice has both values. */
  readonly headers: Readonly<Record<string, readonly string[]>>;
  readonly attachments: readonly { readonly name: string; readonly size: number }[];
}

/** Who it came from and to whom, as SMTP said. */
export interface Envelope {
  readonly from: string;
  readonly to: readonly string[];
}

/** Mails as files: `ID.eml` as it came, `ID.json` as it was read. */
export interface MailStore {
  add(raw: Buffer, envelope: Envelope): Promise<StoredMail>;
  /** Newest first. */
  list(recipient?: string): Promise<StoredMail[]>;
  find(id: string): Promise<StoredMail | undefined>;
  raw(id: string): Promise<Buffer | undefined>;
  clear(): Promise<void>;
}

/** A demonstration that runs for months must not fill the disk. */
const KEPT = 2000;
const ID = /^[0-9]{13}-[0-9a-f]{8}$/;

function headersOf(mail: ParsedMail): Record<string, string[]> {
  const headers: Record<string, string[]> = {};
  for (const { key, line } of mail.headerLines) {
    const value = line.slice(line.indexOf(':') + 1).replaceAll(/\r?\n[ \t]+/g, ' ').trim();
    (headers[key] ??= []).push(value);
  }
  return headers;
}

const list = (value: string | string[] | undefined) => (value === undefined ? [] : [value].flat());

function addresses(value: AddressObject | AddressObject[] | undefined): string[] {
  return [value ?? []].flat().flatMap((object) => object.value.flatMap((entry) => entry.address ?? []));
}

async function describe(id: string, raw: Buffer, envelope: Envelope): Promise<StoredMail> {
  const mail = await simpleParser(raw, { skipImageLinks: true, skipTextToHtml: true });
  return {
    id,
    receivedAt: new Date().toISOString(),
    from: envelope.from,
    to: envelope.to.length > 0 ? envelope.to : addresses(mail.to),
    subject: mail.subject ?? '',
    text: mail.text ?? '',
    html: mail.html || null,
    messageId: mail.messageId ?? null,
    inReplyTo: mail.inReplyTo ?? null,
    references: list(mail.references),
    headers: headersOf(mail),
    attachments: mail.attachments.map(({ filename, size }) => ({ name: filename ?? '', size })),
  };
}

async function readIfThere(file: string): Promise<Buffer | undefined> {
  try {
    return await readFile(file);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
    throw error;
  }
}

/** Keeps mails in `folder`; those from before are read at once and stay. */
export async function openMailStore(folder: string): Promise<MailStore> {
  await mkdir(folder, { recursive: true, mode: 0o700 });
  const mails = new Map<string, StoredMail>();
  for (const name of (await readdir(folder)).toSorted()) {
    if (!name.endsWith('.json')) continue;
    const mail = JSON.parse(await readFile(join(folder, name), 'utf8')) as StoredMail;
    mails.set(mail.id, mail);
  }

  async function remove(id: string): Promise<void> {
    mails.delete(id);
    await Promise.all(['json', 'eml'].map((kind) => rm(join(folder, `${id}.${kind}`), { force: true })));
  }

  return {
    async add(raw, envelope) {
      const id = `${Date.now()}-${randomBytes(4).toString('hex')}`;
      const mail = await describe(id, raw, envelope);
      const file = join(folder, id);
      await writeFile(`${file}.eml`, raw, { mode: 0o600 });
      // The renamed file is the mail's existence: one that is only half written is never listed.
      await writeFile(`${file}.draft`, JSON.stringify(mail), { mode: 0o600 });
      await rename(`${file}.draft`, `${file}.json`);
      mails.set(id, mail);
      for (const old of [...mails.keys()].slice(0, Math.max(0, mails.size - KEPT))) await remove(old);
      return mail;
    },
    async list(recipient) {
      const wanted = recipient?.toLowerCase();
      return [...mails.values()].filter((mail) => wanted === undefined || mail.to.some((to) => to.toLowerCase() === wanted)).toReversed();
    },
    async find(id) {
      return mails.get(id);
    },
    async raw(id) {
      return ID.test(id) ? readIfThere(join(folder, `${id}.eml`)) : undefined;
    },
    async clear() {
      await Promise.all([...mails.keys()].map(remove));
    },
  };
}

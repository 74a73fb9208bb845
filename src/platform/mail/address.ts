import addressparser from 'nodemailer/lib/addressparser';

const LONGEST_ADDRESS = 254;
/** One `@`, nothing that has a meaning in a header or an SMTP command. Whether anybody reads it, only its server knows. */
const ADDRESS = /^[^\s\p{Cc}@<>()[\]\\,;:"]+@[^\s\p{Cc}@<>()[\]\\,;:"]+$/u;

/** Whether mail can be addressed so at all. */
export function isMailAddress(text: string): boolean {
  return text.length <= LONGEST_ADDRESS && ADDRESS.test(text);
}

/** Whom mail comes from: the name shown and the address. */
export interface Sender {
  name: string;
  address: string;
}

/**
 * Reads a setting like `信治 <noreply@xinzhi.example.gov.cn>`, or the bare address.
 * @throws RangeError when it is not exactly one address.
 */
export function parseSender(setting: string): Sender {
  const [only, ...more] = addressparser(setting, { flatten: true });
  if (only === undefined || more.length > 0 || !isMailAddress(only.address)) {
    throw new RangeError(`not one mail address: ${setting}`);
  }
  return { name: only.name, address: only.address };
}

/** The part after the `@`, in which the ids of our messages are unique. */
export function domainOf(address: string): string {
  return address.slice(address.lastIndexOf('@') + 1);
}

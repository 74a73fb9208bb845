/** The polynomial of the zip format, least bit first: APPNOTE 4.4.7. Node has the sum itself from 20.15 on. */
const POLYNOMIAL = 0xedb88320;

const table = Uint32Array.from({ length: 256 }, (_, byte) => {
  let rest = byte;
  for (let bit = 0; bit < 8; bit += 1) rest = (rest & 1) === 1 ? (rest >>> 1) ^ POLYNOMIAL : rest >>> 1;
  return rest;
});

/** The CRC-32 of bytes that follow those whose sum is `before`; an unsigned number. */
export function crc32(bytes: Uint8Array, before = 0): number {
  let sum = ~before;
  for (let n = 0; n < bytes.length; n += 1) sum = table[(sum ^ bytes[n]!) & 0xff]! ^ (sum >>> 8);
  return ~sum >>> 0;
}

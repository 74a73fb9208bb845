const signs = (() => {
  const decoder = new TextDecoder('gb18030');
  const known = new Map<string, Buffer>();
  for (let high = 0x81; high <= 0xfe; high += 1) {
    for (let low = 0x40; low <= 0xfe; low += 1) {
      const bytes = Buffer.of(high, low);
      if (low !== 0x7f) known.set(decoder.decode(bytes), bytes);
    }
  }
  return known;
})();

/** Node writes no GB 18030: each sign is looked for among those that one or two bytes stand for. @throws for any other */
export function toGb18030(text: string): Buffer {
  return Buffer.concat([...text].map((sign) => {
    const bytes = sign.charCodeAt(0) < 0x80 ? Buffer.from(sign) : signs.get(sign);
    if (!bytes) throw new Error(`${sign} is not among the signs of two bytes`);
    return bytes;
  }));
}

/** Does the work of a command in this process, and gives what it wrote to standard output. */
export async function said(work: () => Promise<number | void>): Promise<string> {
  const written: string[] = [];
  const [out, err] = [process.stdout.write, process.stderr.write];
  process.stdout.write = (text: string | Uint8Array) => written.push(String(text)) > 0;
  process.stderr.write = () => true;
  try {
    await work();
  } finally {
    process.stdout.write = out;
    process.stderr.write = err;
  }
  return written.join('');
}

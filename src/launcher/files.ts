import { renameSync, writeFileSync } from 'node:fs';

/** A reader sees the old text or the new one, never half of it; readable by the owner alone unless `mode` says otherwise. */
export function writeFileAtomically(file: string, text: string, mode = 0o600): void {
  const draft = `${file}.${process.pid}.draft`;
  writeFileSync(draft, text, { mode });
  renameSync(draft, file);
}

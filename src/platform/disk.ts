import { statfs } from 'node:fs/promises';

const FRESH_MS = 1000;

/** Whether the disk below a folder has more left than is reserved for what is under way. */
export type HasRoom = () => Promise<boolean>;

/**
 * A database or a process engine that meets a full disk stops in the middle of its work; so acts are refused while there
 * is still room to finish the others. A folder that can't be asked counts as having room: its own fault will be told.
 * @param reserve bytes; 0 asks for nothing.
 */
export function watchDisk(folder: string, reserve: number, now: () => number = () => performance.now()): HasRoom {
  let latest: { at: number; room: Promise<boolean> } | undefined;
  const look = async (): Promise<boolean> => {
    const { bavail, bsize } = await statfs(folder);
    return bavail * bsize >= reserve;
  };
  return () => {
    if (reserve === 0) return Promise.resolve(true);
    if (latest === undefined || now() - latest.at > FRESH_MS) latest = { at: now(), room: look().catch(() => true) };
    return latest.room;
  };
}

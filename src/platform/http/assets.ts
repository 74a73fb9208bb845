import { createHash } from 'node:crypto';
import { readdirSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { join } from 'node:path';
import express, { type RequestHandler } from 'express';

/** Files of other packages that pages load, by their address below `/assets`. */
const VENDOR: Readonly<Record<string, string>> = {
  'vendor/tabler.min.css': '@tabler/core/dist/css/tabler.min.css',
};

const YEAR_SECONDS = 31_536_000;
const HOUR_SECONDS = 3600;

export interface Assets {
  readonly serve: RequestHandler[];
  /** Changes with the content of any style, script or picture; goes behind `?v=` in their addresses. */
  readonly version: string;
}

/**
 * Styles, scripts and pictures. Asked for with this version they may be kept for a year; without it,
 * or with another (a page from before an update), for an hour.
 */
export function createAssets(ownFolder: URL, modulesFolder: URL): Assets {
  const folder = fileURLToPath(ownFolder);
  const vendor = new Map(
    Object.entries(VENDOR).map(([address, file]) => [`/${address}`, fileURLToPath(new URL(file, modulesFolder))]),
  );
  const hash = createHash('sha256');
  const own = readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name));
  for (const file of [...own.toSorted(), ...vendor.values()]) hash.update(readFileSync(file));
  const version = hash.digest('base64url').slice(0, 10);

  const cache: RequestHandler = (req, res, next) => {
    const kept = req.query['v'] === version ? `${YEAR_SECONDS}, immutable` : HOUR_SECONDS;
    res.set('Cache-Control', `public, max-age=${kept}`);
    next();
  };
  const others: RequestHandler = (req, res, next) => {
    const file = vendor.get(req.path);
    if (file === undefined) next();
    else res.sendFile(file, { cacheControl: false });
  };
  const nothing: RequestHandler = (_req, res) => {
    res.set('Cache-Control', 'no-store').sendStatus(404);
  };
  return {
    serve: [cache, express.static(folder, { cacheControl: false, index: false, redirect: false }), others, nothing],
    version,
  };
}

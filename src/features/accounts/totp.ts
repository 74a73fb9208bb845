import { generateSecret, generateSync, generateURI, verifySync } from 'otplib';

/** Seconds a code is shown; codes of the step before and after are taken too, as clocks differ and people type slowly (RFC 6238 5.2). */
const PERIOD = 30;
const SECRET_BYTES = 20;

/** A new secret in Base32, as apps take it: 160 bits, as RFC 4226 recommends. */
export const newTotpSecret = (): string => generateSecret({ length: SECRET_BYTES });

const secondsOf = (now: Date): number => Math.floor(now.getTime() / 1000);

/** The code of six figures that an app shows at this moment. */
export const totpAt = (secret: string, now: Date): string => generateSync({ secret, epoch: secondsOf(now), period: PERIOD });

/** The time step whose code this is, one step off at most; null when it is none. */
export function totpStep(secret: string, code: string, now: Date): number | null {
  if (!/^\d{6}$/.test(code)) return null;
  const result = verifySync({ secret, token: code, epoch: secondsOf(now), period: PERIOD, epochTolerance: PERIOD });
  return result.valid && 'timeStep' in result ? result.timeStep : null;
}

/** What the picture that an app scans says. */
export const totpAddress = (secret: string, issuer: string, username: string): string => generateURI({ issuer, label: username, secret, period: PERIOD });

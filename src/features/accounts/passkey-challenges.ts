import type { PublicKeyCredentialCreationOptionsJSON } from '@simplewebauthn/server';
import type { Ground } from '../../platform/http/feature.ts';
import { CHALLENGE_MINUTES } from './passkeys.ts';

/** A challenge that this browser was given. */
interface Challenge {
  readonly challenge: string;
  /** Milliseconds since 1970. */
  readonly until: number;
}

declare module 'express-session' {
  interface SessionData {
    /** To come in. */
    passkeyAsked?: Challenge;
    /** To add one, under this name. */
    passkeyMaking?: Challenge & { readonly name: string; readonly options: PublicKeyCredentialCreationOptionsJSON };
  }
}

const lastsMs = CHALLENGE_MINUTES * 60_000;

export const challengeOf = ({ challenge }: { challenge: string }, { clock }: Pick<Ground, 'clock'>): Challenge => ({ challenge, until: clock().getTime() + lastsMs });

export const isOpen = (given: Challenge | undefined, { clock }: Pick<Ground, 'clock'>): given is Challenge => given !== undefined && given.until > clock().getTime();

/** Takes a challenge, once: two requests at the same moment both read it from the session. */
export const takesChallenge = async ({ challenge }: Challenge, { counters }: Pick<Ground, 'counters'>): Promise<boolean> =>
  (await counters.hit(`passkey:${challenge}`, lastsMs)).hits === 1;

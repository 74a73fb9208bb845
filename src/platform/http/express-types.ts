import type { PassportStatic } from 'passport';
import type { Locale } from '../../rules/people.ts';
import type { SessionPerson } from '../session-person.ts';
import type { Viewed } from './access-log.ts';
import type { Upload } from './body.ts';
import type { Notice } from './view-models.ts';
import type { Translate } from '../i18n.ts';

/** Naming a type of it brings in what Passport adds to a request (`req.user`, `req.logIn`). */
export type Passport = PassportStatic;

declare global {
  // eslint-disable-next-line typescript/no-namespace -- how Express and Passport are extended
  namespace Express {
    interface User extends SessionPerson {}

    interface Request {
      /** Stands in the logs, in the mails an act causes and on error pages. */
      requestId: string;
      /** Words in the language of this request. */
      t: Translate;
      locale: Locale;
      /** Files of a multipart form, in the order they came; gone after the answer unless moved. */
      uploads: Upload[];
      /** The token of the request is the upstream platform's; absent where no token came. */
      pushesRepairs?: boolean;
      /** What the answer shows, for the access log; null for nothing that belongs there. Without it `noteViews` tells by the route. */
      viewed?: Viewed | null;
      /** Shows one sentence on the next page, or on this one when no redirect follows. */
      flash(notice: Notice): void;
    }
  }
}

declare module 'express-session' {
  interface SessionData {
    passport?: { user?: string };
    /** Set once, so that the session of a visitor is kept from then on. */
    hasForms?: true;
  }
}

import { DefaultFailureConverter } from '@temporalio/common';

/** A failure's message may name a person, so it travels as a payload and is encrypted with the rest. */
export const failureConverter = new DefaultFailureConverter({ encodeCommonAttributes: true });

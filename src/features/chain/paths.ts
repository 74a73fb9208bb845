/** Where everybody reads the roots. */
export const anchorsPath = '/public/anchors';

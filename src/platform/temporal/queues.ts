/** Task queue of the cases. Mail has its own beside it; its name is made from this one. */
export const caseQueue = 'xinzhi';

import { eventually } from './eventually.ts';
import { findForm, formOf, NoAnswer, textOf, type Answer, type Fields, type Visitor } from './visitor.ts';

/** Something a person wants done, by one form of one page. */
export interface Job {
  readonly who: Visitor;
  /** The page with the form. */
  readonly page: string;
  readonly action: string;
  readonly fields: Fields;
  /** The first event that it brings about. */
  readonly event: string;
  /** The task it is about; null for a report. */
  readonly slug: string | null;
}

/** What the web said of an act. `looked`: it could not say, and the act's page was looked at. */
export type Told = 'recorded' | 'refused' | 'notRecorded' | 'lookedRecorded' | 'lookedNotRecorded';

export interface Attempt {
  readonly job: Job;
  readonly commandId: string;
  readonly told: Told;
}

/** Not answered by anything that a person should ever read. */
export class Untold extends Error {
  override readonly name = 'Untold';
}

const mostTries = 30;

export const fatePath = ({ job, commandId }: Pick<Attempt, 'job' | 'commandId'>): string =>
  job.slug === null ? `/acts/${commandId}` : `/acts/${commandId}?task=${job.slug}`;

/** Opens a page as somebody does who reloads until it is there. */
async function reload(who: Visitor, path: string): Promise<Answer> {
  return eventually(`${path} for ${who.username}`, async () => {
    const answer = await who.get(path);
    return answer.status !== 503 && answer;
  }, 90_000, 200);
}

/** What the act's own page says, as soon as it is there. */
export async function lookUp(attempt: Pick<Attempt, 'job' | 'commandId'>): Promise<boolean> {
  const { status, html } = await reload(attempt.job.who, fatePath(attempt));
  const text = textOf(html);
  if (status === 200 && text.includes('操作已经记入案件')) return true;
  if (status === 200 && text.includes('没有被记录，也不会再被记录')) return false;
  throw new Untold(`${fatePath(attempt)} says ${status}: ${text.slice(0, 200)}`);
}

/** What the answer to a form says; null when that is nothing, or that it is not known. */
function toldBy({ status, html }: Answer, action: string): Told | null {
  if (status === 303) return 'recorded';
  if (status === 409) return 'refused';
  const text = textOf(html);
  if (status === 503 && /没有被记录|没有被登记/u.test(text)) return 'notRecorded';
  if (status === 503) return null;
  throw new Untold(`${action} was answered by ${status}: ${text.slice(0, 300)}`);
}

async function send({ who, action }: Job, form: Fields): Promise<Answer | null> {
  try {
    const answer = await who.post(action, form);
    // A report that is like another one is shown with it before it is taken.
    if (answer.status === 200 && action === '/incidents') return await who.post(action, { ...formOf(answer.html, action), do: 'nevertheless' });
    return answer;
  } catch (error) {
    if (error instanceof NoAnswer) return null;
    throw error;
  }
}

/** Does one job as a person would: whoever is told that it was not recorded does it again, on the page as it is then. */
export async function perform(job: Job, note: (attempt: Attempt) => void): Promise<void> {
  for (let tries = 1; tries <= mostTries; tries += 1) {
    const { status, html } = await reload(job.who, job.page);
    if (status !== 200) throw new Untold(`${job.page} was answered by ${status}: ${textOf(html).slice(0, 200)}`);
    const form = findForm(html, job.action);
    if (!form) return; // not offered any more, as somebody else was quicker
    const commandId = String(form['commandId']);
    const answer = await send(job, { ...form, ...job.fields });
    const told = (answer && toldBy(answer, job.action)) ?? ((await lookUp({ job, commandId })) ? 'lookedRecorded' : 'lookedNotRecorded');
    note({ job, commandId, told });
    if (told !== 'notRecorded' && told !== 'lookedNotRecorded') return;
  }
  throw new Untold(`${job.action} by ${job.who.username} was not recorded in ${mostTries} tries`);
}

import { publicBasis } from '../../rules/limits/index.ts';
import { applicantAudience } from '../../rules/casefile/types.ts';
import { lastMomentOf } from '../../rules/incident/facts.ts';
import { maskText } from '../../rules/masking/index.ts';
import type { Moments } from '../http/moments.ts';
import type { CodeWord } from '../code-word.ts';
import { casePath, processWords } from '../process-words.ts';
import { applicantCasePath } from '../public-paths.ts';
import type { Letter, MailActor, MailDeadline, MailParams } from './types.ts';
import { oneLine, quoted, titleForSubject } from './wording.ts';

/** What a letter says, before it is set as HTML and as text: both are made of this and so say the same. */
export interface Content {
  subject: string;
  paragraphs: string[];
  facts: { term: string; value: string }[];
  /** What a person wrote, under its heading. */
  quote: { term: string; text: string } | null;
  /** Path on this site. */
  link: { label: string; path: string } | null;
  reader: 'staff' | 'public';
}

/** Name of a unit in the reader's language, by its id: in full, or short beside a person's name. */
export type UnitName = (id: string, form?: 'full' | 'short') => string;

/** What the writing of a letter needs beside its own parameters. */
export interface Writing {
  /** Words in the reader's language, by a key with its namespace. */
  words: (key: string, params?: Record<string, string | number>) => string;
  /** Whether there are any. */
  known: (key: string) => boolean;
  moments: Pick<Moments, 'day' | 'dayTime'>;
  unitName: UnitName;
  codeWord: CodeWord;
  /** Whether a person or a unit's mailbox reads it. */
  reader: 'person' | 'unit' | 'reporter';
}

type AboutTask = MailParams['reminder'];
type Fact = Content['facts'][number];

/** What the letter of each occasion says, with personal data masked in titles and in what people wrote. Pure. */
export function contentOf(letter: Letter, writing: Writing): Content {
  const { unitName, moments } = writing;
  const t: Writing['words'] = (key, params) => writing.words(`mail:${key}`, params);
  const title = maskText(letter.params.title).masked;
  const subjectTitle = titleForSubject(title);

  const unitOf = (id: string): string => (id === applicantAudience.unit ? t('applicant') : unitName(id, 'short'));
  const actor = (by: MailActor): string => t('actor', { name: by.name, unit: unitOf(by.unit) });
  const { kind = 'incident' } = letter.params;
  const stageName = (stage: string): string => firstKnown(writing, processWords.stage(kind, stage), 'mail:otherStage');
  const fact = (term: string, value: string): Fact => ({ term: t(`fact.${term}`), value });
  const before = (instant: string): string => t('before', { when: moments.dayTime(new Date(instant)).text });
  const deadlineFacts = (deadline: MailDeadline | null, term = 'deadline'): Fact[] => {
    if (!deadline) return [];
    const at = before(deadline.at);
    return [
      fact(term, deadline.provisional ? t('provisional', { when: at }) : at),
      ...(deadline.was ? [fact('was', before(deadline.was.at))] : []),
      ...(deadline.basis ? [fact('basis', publicBasis(deadline.basis) || t('localBasis'))] : []),
    ];
  };
  const caseFacts = [fact('caseNo', letter.params.caseNo), fact('title', oneLine(title))];
  const taskFacts = (p: AboutTask): Fact[] => [
    ...caseFacts,
    fact('stage', stageName(p.stage)),
    fact('unit', unitName(p.unit)),
    ...deadlineFacts(p.deadline),
  ];
  const say = (part: string, params: Record<string, string | number> = {}): string =>
    t(`letter.${letter.template}.${part}`, params);
  const quote = (text: string | null): Content['quote'] =>
    text?.trim() ? { term: say('quote'), text: quoted(maskText(text).masked) } : null;

  const aboutTask = (p: AboutTask, paragraphs: string[], more: Partial<Content> = {}, subject = 'subject'): Content => ({
    subject: say(subject, { do: firstKnown(writing, processWords.todo(kind, p.stage), 'mail:do.other'), title: subjectTitle }),
    paragraphs,
    facts: taskFacts(p),
    quote: null,
    link: { label: t('link.task'), path: `/tasks/${encodeURIComponent(p.taskId)}` },
    reader: 'staff',
    ...more,
  });
  const aboutCase = (paragraphs: string[], more: Partial<Content> = {}): Content => ({
    subject: say('subject', { title: subjectTitle }),
    paragraphs,
    facts: caseFacts,
    quote: null,
    link: { label: t('link.case'), path: casePath(kind, letter.params.caseNo) },
    reader: 'staff',
    ...more,
  });
  const publicLink = (path: string | null): Content['link'] => (path === null ? null : { label: t('link.public'), path });
  const { account } = letter.params;
  const applicantLink: Content['link'] = account === undefined ? null : { label: t(account ? 'link.own' : 'link.progress'), path: applicantCasePath(letter.params.caseNo, account) };
  const toApplicant = (paragraphs: string[], more: Partial<Content> = {}, subject = 'subject'): Content => ({
    subject: say(subject, { title: subjectTitle }),
    paragraphs,
    facts: caseFacts,
    quote: null,
    link: applicantLink,
    reader: 'public',
    ...more,
  });
  // Who follows his case by its number and code word is told the word in the first letter that he gets.
  const wordFacts = 'reporter' in letter.to ? [fact('word', writing.codeWord(letter.to.reporter))] : [];
  const progressLink: Content['link'] = { label: t('link.progress'), path: applicantCasePath(letter.params.caseNo, false) };
  const toReporter = (paragraphs: string[], more: Partial<Content> = {}): Content => aboutCase(paragraphs, { link: progressLink, reader: 'public', ...more });
  const mailbox = writing.reader === 'unit' ? 'sayUnit' : 'say';

  switch (letter.template) {
    case 'assigned': {
      const p = letter.params;
      return aboutTask(p, [say(mailbox, { stage: stageName(p.stage), unit: unitName(p.unit) })], {
        facts: [...taskFacts(p), ...(p.by ? [fact('by', actor(p.by))] : [])],
        quote: quote(p.note),
      });
    }
    case 'returned': {
      const p = letter.params;
      return aboutTask(p, [say('say', { by: actor(p.by), stage: stageName(p.stage) })], { quote: quote(p.reason) });
    }
    case 'reminder':
    case 'due':
    case 'overdue': {
      const p = letter.params;
      return aboutTask(p, [say('say', { stage: stageName(p.stage), unit: unitName(p.unit) })]);
    }
    case 'extensionAsked': {
      const p = letter.params;
      return aboutTask(p, [say('say', { by: actor(p.by), of: stageName(p.of.stage), count: p.days })], {
        facts: [
          ...caseFacts,
          fact('stage', stageName(p.of.stage)),
          fact('unit', unitName(p.of.unit)),
          ...deadlineFacts(p.of.deadline, 'currentDeadline'),
          ...deadlineFacts(p.deadline, 'decideBefore'),
        ],
        quote: quote(p.reason),
      });
    }
    case 'extensionDecided': {
      const p = letter.params;
      const answer = p.granted ? 'granted' : 'refused';
      const paragraph = say(`${answer}.say`, { by: actor(p.by), stage: stageName(p.stage), count: p.days });
      return aboutTask(p, [paragraph], { quote: quote(p.reason) }, `${answer}.subject`);
    }
    case 'urged':
    case 'supervised': {
      const p = letter.params;
      return aboutTask(p, [say('say', { by: actor(p.by), stage: stageName(p.stage) })], { quote: quote(p.text) });
    }
    case 'opinionToApprove': {
      const p = letter.params;
      return aboutTask(p, [say(mailbox, { unit: unitName(p.unit) }), say('fourEyes')], {
        facts: [...taskFacts(p), ...(p.by ? [fact('submittedBy', actor(p.by))] : [])],
      });
    }
    case 'published': {
      const p = letter.params;
      return aboutCase([say('say')], {
        // The term ends at 24:00 of the day before that midnight.
        facts: [...caseFacts, fact('until', moments.day(lastMomentOf(p.until)).text)],
        link: publicLink(p.publicPath),
      });
    }
    case 'disclosureWithdrawn': {
      const p = letter.params;
      return aboutCase([say('say')], {
        quote: quote(p.reason),
        ...(p.publicPath === null ? {} : { link: publicLink(p.publicPath) }),
      });
    }
    case 'closed':
      return aboutCase([say('say')], { facts: [...caseFacts, fact('outcome', firstKnown(writing, processWords.closing(kind, letter.params.outcome), 'mail:otherOutcome'))] });
    case 'reportReceived':
      return toReporter([say('say', { unit: unitName(letter.params.unit) }), t('wordSay')], { facts: [...caseFacts, ...wordFacts] });
    case 'reporterAnswered': {
      const p = letter.params;
      const more = {
        facts: [...caseFacts, fact('answeredBy', unitName(p.unit)), fact('answeredOn', moments.day(new Date(p.at)).text), ...(writing.reader === 'reporter' ? wordFacts : [])],
        // What was answered is sent whole.
        quote: { term: say('quote'), text: maskText(p.reply).masked },
      };
      return writing.reader === 'reporter'
        ? toReporter([say('say', { unit: unitName(p.unit) }), ...(p.publicPath === null ? [] : [t('letter.reporterClosed.public')])], more)
        : aboutCase([say('sayUnit', { unit: unitName(p.unit) })], more);
    }
    case 'reporterClosed': {
      const p = letter.params;
      return toReporter([say('say', { unit: unitName(p.unit) }), ...(p.publicPath === null ? [] : [say('public')])], {
        link: p.publicPath === null ? progressLink : publicLink(p.publicPath),
      });
    }
    case 'unfounded': {
      const p = letter.params;
      return toReporter([say('say', { unit: unitName(p.unit) }), say('again')], { quote: quote(p.reason) });
    }
    case 'applicationReceived':
      return toApplicant([say(`say.${kind}`, { unit: unitName(letter.params.unit) }), ...(account === false ? [t('wordSay')] : [])], {
        facts: [...caseFacts, ...(account === false ? wordFacts : [])],
      });
    case 'applicationAccepted':
      return toApplicant([say('say', { unit: unitName(letter.params.unit) })]);
    case 'supplementAsked': {
      const p = letter.params;
      const list = p.missing.map((one, n) => t('item', { number: n + 1, text: one })).join('\n');
      return toApplicant([say('say', { unit: unitName(p.unit) }), ...(p.deadline ? [say('lapses')] : [])], {
        facts: [...caseFacts, ...deadlineFacts(p.deadline, 'supplyBefore')],
        quote: quote([list, p.reason ?? ''].filter((part) => part !== '').join('\n')),
      });
    }
    case 'applicationRefused':
      return toApplicant([say('say', { unit: unitName(letter.params.unit) }), t('remedy')], { quote: quote(letter.params.reason) });
    case 'applicationHandedOver':
      return toApplicant([say('say', { unit: unitName(letter.params.unit) })], { quote: quote(letter.params.reason) });
    case 'applicationExtended': {
      const p = letter.params;
      return toApplicant([say('say', { unit: unitName(p.unit) })], { facts: [...caseFacts, ...deadlineFacts(p.deadline, 'decideBefore')], quote: quote(p.reason) });
    }
    case 'repairDecided': {
      const p = letter.params;
      const answer = p.granted ? 'granted' : 'refused';
      return toApplicant([say(`${answer}.say`, { unit: unitName(p.unit) }), ...(p.granted ? [] : [say('again'), t('remedy')])], { quote: quote(p.reason) }, `${answer}.subject`);
    }
    case 'revocationProposed': {
      const p = letter.params;
      return toApplicant([say('say', { unit: unitName(p.unit) }), say('rights'), say(p.account ? 'portal' : 'window')], {
        facts: [...caseFacts, ...(p.legalBasis === null ? [] : [fact('revokeBasis', oneLine(maskText(p.legalBasis).masked))]), ...deadlineFacts(p.deadline, 'stateBefore')],
        quote: quote([p.finding, p.act ?? ''].filter((part) => part !== '').join('\n')),
      });
    }
    case 'repairKept':
      return toApplicant([say('say', { unit: unitName(letter.params.unit) })], { quote: quote(letter.params.reason) });
    case 'repairRevoked': {
      const p = letter.params;
      return toApplicant([say('say', { unit: unitName(p.unit) }), ...(p.record === null ? [] : [say('record')]), t('remedy')], {
        facts: [...caseFacts, ...(p.record === null ? [] : [fact('decisionNo', p.record)]), ...(p.again === null ? [] : [fact('again', moments.day(p.again).text)])],
        quote: quote(p.reason),
      });
    }
    case 'objectionRefused': {
      const p = letter.params;
      return toApplicant([say('say', { unit: unitName(p.unit) }), say(`ground.${p.ground}`), say(`next.${p.ground}`), t('remedy')], { quote: quote(p.reason) });
    }
    case 'objectionJoined': {
      const p = letter.params;
      return toApplicant(
        [say('say', { unit: unitName(p.unit) }), ...(p.result === null ? [say('open')] : [t(`letter.objectionDecided.${p.result}.say`, { unit: unitName(p.unit) })]), ...(p.result === 'rejected' ? [say('again'), t('remedy')] : [])],
        { facts: [...caseFacts, ...(account === false ? wordFacts : [])], quote: quote(p.reason) },
      );
    }
    case 'objectionDecided': {
      const p = letter.params;
      return toApplicant([say(`${p.result}.say`, { unit: unitName(p.unit) }), ...(p.result === 'rejected' ? [t('remedy')] : [])], { quote: quote(p.reason) }, `${p.result}.subject`);
    }
    case 'duplicate':
      return toReporter([say('say', { unit: unitName(letter.params.unit) }), say('same'), say('again')], { facts: [...caseFacts, ...wordFacts] });
  }
}

/** A stage or outcome of a process these texts do not know yet gets a word that fits every one. */
function firstKnown({ words, known }: Writing, key: string, other: string): string {
  return words(known(key) ? key : other);
}

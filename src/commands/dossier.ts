import { parseArgs } from 'node:util';
import { checkDossier } from '../platform/dossier/check.ts';
import { createI18n, isLocale } from '../platform/i18n.ts';
import { CommandError } from './running.ts';
import type { Run } from './index.ts';

const USAGE = 'Usage: xinzhi dossier FILE [--root HEX] [--locale zh-CN|en]';
const say = (line: string): void => void process.stdout.write(`${line}\n`);

/** Proves a case file that was handed out; needs no database and no key. The status is 0 when it proves itself. */
export const run: Run = async (args) => {
  const { positionals, values } = parseArgs({ args: [...args], allowPositionals: true, options: { root: { type: 'string' }, locale: { type: 'string', default: 'zh-CN' } } });
  const [file, ...more] = positionals;
  if (file === undefined || file === '' || more.length > 0) throw new CommandError(USAGE);
  if (!isLocale(values.locale)) throw new CommandError(`--locale must be zh-CN or en; it is ${JSON.stringify(values.locale)}.`);
  if (values.root !== undefined && !/^[0-9a-f]{64}$/i.test(values.root)) throw new CommandError('--root must be 64 hexadecimal digits, as they stand in the mail or on the public page.');
  const t = createI18n().translator(values.locale);
  const { proof, faults } = await checkDossier(file, values.root ?? null);
  if (proof) {
    say(`${proof.case.number} ${proof.case.title}`);
    say(t('chain:dossier.holds', { entries: proof.events, files: proof.files.length }));
    if (proof.since > 0) say(t('chain:dossier.sinceHolds', { entries: proof.since }));
  }
  for (const { key, params } of faults) process.stderr.write(`${t(`chain:dossier.fault.${key}`, params)}\n`);
  if (faults.length > 0) return 1;
  if (proof?.anchor) say(t(values.root === undefined ? 'chain:dossier.compare' : 'chain:dossier.proved', { day: proof.anchor.day, root: proof.anchor.root }));
  return 0;
};

import { commands, type Run } from './index.ts';

/** The list of commands, Chinese above English. */
export function helpText(): string {
  const lines = Object.entries(commands).map(([name, { usage, summary }]) =>
    `  ${`${name} ${usage}`.trim()}\n      ${summary['zh-CN']}\n      ${summary.en}`);
  return ['npx xinzhi COMMAND', '', ...lines, ''].join('\n');
}

export const run: Run = async () => {
  process.stdout.write(helpText());
};

import { helpText } from './commands/help.ts';
import { commands } from './commands/index.ts';
import { OperatorError } from './platform/operator-error.ts';

const BAD_USAGE = 2;

/** Of `parseArgs`: an option that there is not, or one without its value. */
function isBadUsage(error: unknown): error is Error {
  return error instanceof Error && 'code' in error && String(error.code).startsWith('ERR_PARSE_ARGS_');
}

function textOf(error: unknown): string {
  if (error instanceof OperatorError || isBadUsage(error)) return error.message;
  return error instanceof Error ? error.stack ?? error.message : String(error);
}

/** Runs one command and returns the exit status. */
async function main([name = 'help', ...args]: readonly string[]): Promise<number> {
  const wanted = name === '--help' || name === '-h' ? 'help' : name;
  const command = Object.hasOwn(commands, wanted) ? commands[wanted] : undefined;
  if (command === undefined) {
    process.stderr.write(`There is no command ${JSON.stringify(name)}.\n\n${helpText()}`);
    return BAD_USAGE;
  }
  try {
    const { run } = await command.load();
    return await run(args) ?? 0;
  } catch (error) {
    process.stderr.write(`${textOf(error)}\n`);
    return isBadUsage(error) ? BAD_USAGE : 1;
  }
}

process.exitCode = await main(process.argv.slice(2));

import type { Knex } from 'knex';
import { codeCorrectionTitle, type CodeHolder } from '../../rules/code-correction/facts.ts';
import { commandIdFor } from '../casefile/acting.ts';
import { writeDueCases } from '../casefile/due.ts';

interface DoubleCode {
  uscc: string;
  holders: CodeHolder[];
  /** The holders in their versions of now: the same code made double again later is another occurrence. */
  occurrence: string;
}

/**
 * Calls for a case of correction for every code that two living firms have and no open case is about; `codes` narrows it
 * to these. Besides the transaction that makes a code double the worker asks now and then, as a code may become double
 * again just while its case is being closed, and some were double before there were such cases.
 */
export async function writeDoubleCodes(trx: Knex, codes?: readonly string[]): Promise<void> {
  const query = trx('subject as s').where({ 's.frozen': true, 's.standing': 'living' })
    .whereNotExists(trx('code_correction as c').whereRaw('c.uscc = s.uscc').where('c.status', 'open'))
    .whereNotExists(trx('case_due as d').whereRaw('d.uscc = s.uscc'))
    .groupBy('s.uscc').havingRaw('count(*) > 1').orderBy('s.uscc')
    .select('s.uscc', trx.raw(`json_agg(json_build_object('id', s.id, 'name', s.name) order by s.id) as holders`),
      trx.raw(`string_agg(s.id || ':' || s.version, ',' order by s.id) as occurrence`));
  if (codes) void query.whereRaw('s.uscc = any(?::text[])', [[...codes]]);
  const found = (await query) as DoubleCode[];
  const at = new Date().toISOString();
  await writeDueCases(trx, found.map(({ uscc, holders, occurrence }) => ({
    caseId: commandIdFor(holders[0]!.id, `double ${uscc} ${occurrence}`),
    kind: 'codeCorrection',
    about: { uscc },
    at,
    title: codeCorrectionTitle(uscc),
    opening: { uscc, holders },
  })));
}

/** Whether several living firms have the code. */
export async function isDouble(knex: Knex, uscc: string): Promise<boolean> {
  const living = await knex('subject').where({ uscc, standing: 'living' }).limit(2).select('id');
  return living.length > 1;
}

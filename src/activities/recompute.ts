import { ApplicationFailure, Context } from '@temporalio/activity';
import type { Knex } from 'knex';
import type { CaseGateway } from '../platform/casefile/gateway.ts';
import type { LawActivities } from '../rules/casefile/ports.ts';
import type { CaseKind } from '../rules/casefile/types.ts';

export interface RecomputeDependencies {
  knex: Knex;
  gateway: Pick<CaseGateway, 'recompute'>;
}

/** How many cases are asked at once: few enough that people's acts are answered meanwhile. */
const atOnce = 4;
const chunk = 200;

/**
 * Asks one open case after the other, in the order of their ids. An attempt that was cut short begins again: a case that
 * has computed its deadlines under the same law finds nothing to change.
 */
export function createLawActivities({ knex, gateway }: RecomputeDependencies): LawActivities {
  return {
    async recomputeOpenCases(key) {
      const context = Context.current();
      let after = '';
      let done = 0;
      const failed: string[] = [];
      for (;;) {
        const query = knex<{ id: string; kind: CaseKind; live: boolean }>('case_file').where({ live: true }).orderBy('id').limit(chunk).select('id', 'kind');
        const cases = await (after === '' ? query : query.andWhere('id', '>', after));
        if (cases.length === 0) break;
        for (let n = 0; n < cases.length; n += atOnce) {
          const group = cases.slice(n, n + atOnce);
          const answers = await Promise.allSettled(group.map(({ kind, id }) => gateway.recompute(kind, id, key)));
          answers.forEach((answer, i) => {
            if (answer.status === 'rejected') failed.push(group[i]!.id);
          });
          done += group.length;
          after = group.at(-1)!.id;
          context.heartbeat(done);
        }
      }
      if (failed.length > 0) throw ApplicationFailure.retryable(`${failed.length} cases did not answer, the first is ${failed[0]}`, 'CasesSilent');
      return done;
    },
  };
}

import { expect } from 'chai';
import fc from 'fast-check';
import type { Knex } from 'knex';
import { hexOf, rowsAs, type Column } from '../../src/platform/arrays.ts';
import { createTestDatabase, type TestDatabase } from '../support/stack.ts';

interface Row {
  readonly n: number;
  readonly text: string | null;
  readonly said: string;
}

const columns: readonly Column<Row>[] = [
  { name: 'n', type: 'integer', text: ({ n }) => String(n) },
  { name: 'written', type: 'text', text: ({ text }) => text },
  { name: 'bytes', type: 'bytea', text: ({ text }) => (text === null ? null : hexOf(Buffer.from(text))) },
  { name: 'what', type: 'json', text: ({ said }) => JSON.stringify({ said, again: said }) },
];

describe('rows that are handed to one statement', () => {
  let database: TestDatabase;
  let knex: Knex;

  before(async () => {
    database = await createTestDatabase();
    ({ knex } = database);
  });
  after(() => database.drop());

  it('arrive as they were, in their order, with every sign that PostgreSQL keeps', async () => {
    const text = fc.string({ unit: fc.oneof(fc.constantFrom("'", '"', '\\', '{', '}', ',', '\n', '\t', '严', '𠮷', 'NULL'), fc.string({ minLength: 1, maxLength: 1 })) }).map((one) => one.replaceAll('\0', ''));
    const rows = fc.array(fc.record({ n: fc.integer({ min: -2147483648, max: 2147483647 }), text: fc.option(text), said: text }), { minLength: 1, maxLength: 20 });
    await fc.assert(fc.asyncProperty(rows, async (given) => {
      const { sql, bindings } = rowsAs(columns, given);
      const { rows: read } = await knex.raw(`select n, written, bytes, what::text as what from ${sql}`, bindings);
      expect(read).to.deep.equal(given.map(({ n, text: written, said }) => ({ n, written, bytes: written === null ? null : Buffer.from(written), what: JSON.stringify({ said, again: said }) })));
    }), { numRuns: 50 });
  });
});

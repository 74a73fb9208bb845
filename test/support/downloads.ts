import ExcelJS from 'exceljs';
import type { Test } from 'supertest';

/** Has the body of the answer taken as the bytes that they are. */
export function asBytes(request: Test): Test {
  return request.buffer(true).parse((res, done) => {
    const chunks: Buffer[] = [];
    res.on('data', (chunk: Buffer) => chunks.push(chunk));
    res.on('end', () => done(null, Buffer.concat(chunks)));
  });
}

/** The rows of a workbook's first sheet, from its first column on. A cell that is neither text nor number, like one with a formula, shows as JSON. */
export async function workbookRows(bytes: unknown): Promise<string[][]> {
  const workbook = new ExcelJS.Workbook();
  await workbook.xlsx.load(bytes as ArrayBuffer);
  const rows: string[][] = [];
  workbook.worksheets[0]!.eachRow((row) => {
    const values = (row.values as unknown[]).slice(1);
    rows.push(values.map((value) => (typeof value === 'string' || typeof value === 'number' ? String(value) : JSON.stringify(value ?? ''))));
  });
  return rows;
}

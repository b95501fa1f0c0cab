import { conflictUpsert, type PartDialect } from './part-dialect.ts'

export const sqliteParts: PartDialect = {
  upsert: (write) => conflictUpsert(write, (expression) => `${expression} collate binary`, ''),
  returns: true,
  batch: async () => (await import('./sqlite-batch.ts')).sqliteBatch,
}

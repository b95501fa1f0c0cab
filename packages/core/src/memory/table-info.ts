import type { TableInfo } from '../port/sync-adapter.ts'
import type { MemoryColumn } from './memory-database.ts'

/** A table as the port describes it. */
export function tableInfo(name: string, columns: Readonly<Record<string, MemoryColumn>>): TableInfo {
  const info = ({ required = false, default: value }: MemoryColumn) => ({
    nullable: !required,
    required: required && value === undefined,
    ...(required && value !== undefined && { emptyValue: value }),
  })
  return { name, columns: Object.fromEntries(Object.entries(columns).map(([column, one]) => [column, info(one)])) }
}

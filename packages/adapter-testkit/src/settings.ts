import type { ClerkEvent } from '@clerk-sync/core'
import type { Entity } from '@clerk-sync/core/adapter'
import type { Welcome } from './harness.ts'
import type { History } from './history.ts'
import type { Setting } from './model.ts'
import type { RowValues } from './row.ts'
import { type KitShape, SHAPES, type Shape, type SyncedTableName, TABLES, type TableName } from './tables.ts'

export function tableOf(shape: Shape, entity: Entity): SyncedTableName {
  const tables: KitShape['tables'] = SHAPES[shape].tables
  const table = tables[entity]
  if (!table) throw new Error(`The shape ${shape} has no ${entity}.`)
  return table
}

export function welcomeOf(event: ClerkEvent): Welcome {
  return { userId: String(Reflect.get(event.data, 'id')), eventId: event.id }
}

export function settingOf(history: History, onDelete = history.onDelete, before?: RowValues): Setting {
  return { table: history.table, key: history.key, onDelete, before }
}

export function requiresEmail(shape: Shape): boolean {
  return shape === 'requiredFirst' || shape === 'requiredLast'
}

/** Whether a table holds an entity. */
export function isSynced(table: TableName): table is SyncedTableName {
  return 'entity' in TABLES[table]
}

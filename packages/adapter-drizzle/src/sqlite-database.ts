import type { TablesRelationalConfig } from 'drizzle-orm'
import type { BaseSQLiteDatabase } from 'drizzle-orm/sqlite-core'

/** Drizzle on SQLite, whatever the driver and the schema. */
export type AnySqliteDatabase<Kind extends 'sync' | 'async'> = BaseSQLiteDatabase<
  Kind,
  unknown,
  Record<string, unknown>,
  TablesRelationalConfig
>

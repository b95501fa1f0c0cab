import type { Lacking } from '../../tables/table.ts'
import type { TableName } from '../choices.ts'
import type { Project } from '../project.ts'

/** A column, as far as it says what may be written into it. */
export interface OwnColumn {
  /** As the schema calls it. */
  readonly name: string
  readonly kind: 'text' | 'boolean' | 'date' | 'json' | 'other'
  readonly notNull: boolean
  readonly hasDefault: boolean
  /** Undefined where the schema does not say. */
  readonly unique: boolean | undefined
}

/** A chosen table that the application has already: its own, or one that init wrote and that stands elsewhere now. */
export interface TableBefore {
  readonly table: TableName
  /** The file that defines it. */
  readonly path: string
  /** With a key of its own, and rows that may have no Clerk id yet. */
  readonly isOwn: boolean
  /** What it lacks, as its schema writes it, a model's fields on lines of their own; nothing where it has all of it. */
  readonly lacks: string
  /** The same as data, where a migration adds it. */
  readonly missing?: readonly Lacking[]
  /** The columns of a table with a key of its own. */
  readonly columns: readonly OwnColumn[]
  /** With Drizzle: the name under which its module exports it. With Prisma: the model's. */
  readonly exportName?: string
  /** Whether not all columns could be read: what they have not is not known. */
  readonly unread?: boolean
  /** With Kysely: the interface that has the table. */
  readonly interfaceName?: string
}

export type FindTable = (project: Project, table: TableName) => TableBefore | undefined

import type { Choices } from '../choices.ts'
import type { Project } from '../project.ts'
import { drizzleTableBefore } from './drizzle.ts'
import { kyselyTableBefore } from './kysely.ts'
import { prismaModelBefore } from './prisma.ts'
import type { TableBefore } from './table-before.ts'

const FINDERS = { prisma: prismaModelBefore, drizzle: drizzleTableBefore, kysely: kyselyTableBefore }

/**
 * The chosen tables that the application has already.
 *
 * @param module - the text of the module that exports clerkSync, where it is there
 */
export function tablesBefore(
  project: Project,
  { orm, tables }: Pick<Choices, 'orm' | 'tables'>,
  module: string,
): readonly TableBefore[] {
  const found = tables.flatMap((table) => FINDERS[orm](project, table) ?? [])
  // With the versions beside them, the tables need no columns.
  return /\bversions\s*:/.test(module) ? found.map((one) => ({ ...one, lacks: '', missing: [] })) : found
}

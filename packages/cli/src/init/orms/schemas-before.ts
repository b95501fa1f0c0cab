import type { Project } from '../project.ts'

/** Where a Drizzle schema is, as a rule. */
const PLACES = ['src/', ''].flatMap((folder) =>
  ['schema.ts', 'db/schema.ts', 'lib/schema.ts', 'lib/db/schema.ts', 'server/db/schema.ts'].map(
    (name) => folder + name,
  ),
)

/** The files with tables of the application's own. Drizzle's command drops those of which it does not know. */
export const schemasBefore = ({ read }: Project): readonly string[] =>
  PLACES.filter((path) => /\w[tT]able\(|export\s+\*\s+from/.test(read(path) ?? ''))

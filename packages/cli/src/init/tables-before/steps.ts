import { page } from '../../manifest.ts'
import { modelName } from '../../tables/prisma.ts'
import type { DatabaseName } from '../../tables/table.ts'
import type { Choices, Orm } from '../choices.ts'
import { columnsLeftOut, columnsWrittenOver, provenColumn } from '../own-map.ts'
import type { TableBefore } from './table-before.ts'

/** What the application's own tables need before anything else, each a step. */
export function ownTableSteps(before: readonly TableBefore[], { orm, database }: Choices): readonly string[] {
  const entry = database === 'postgres' ? 'pg' : database
  const from = {
    drizzle: ` (of @clerk-sync/adapter-drizzle/${entry})`,
    kysely: ' (of @clerk-sync/adapter-kysely)',
    prisma: '',
  }[orm]
  return before.flatMap((one) => {
    const { table, path, lacks, columns, unread, exportName } = one
    if (lacks === '') return []
    if (unread)
      return `${path} has a table ${table} of yours, and the columns could not be read: give createClerkSync a map, and the table what it lacks of ${lacks}${from}.`
    const left = columnsLeftOut(columns)
    const proven = table === 'users' && waitsForIds(one) && provenColumn(columns) === undefined
    return [
      orm === 'prisma'
        ? `${path} has a model ${exportName ?? modelName(table)} of yours: give it\n\n${lacks.replaceAll(/^/gm, '       ')}\n`
        : `${path} has a table ${table} of yours: give it ${lacks}${from}.`,
      ...(left.length > 0
        ? [`New rows come from Clerk, without ${left.join(', ')}: let them take NULL, or give them a default.`]
        : []),
      ...(proven ? [addProven(orm, database, exportName ?? modelName(table))] : []),
      `A deleted user's row then stays, erased. For a delete to remove it, leave out all but the Clerk id: ${page('versions-beside')}`,
    ].join('\n     ')
  })
}

/** Only the application knows who had to confirm an address. */
function addProven(orm: Orm, database: DatabaseName, model: string): string {
  const quoted = (name: string) => (database === 'mysql' ? `\`${name}\`` : `"${name}"`)
  const [table, column] = orm === 'prisma' ? [quoted(model), quoted('emailVerified')] : ['users', 'email_verified']
  return (
    'Linking needs a column that says whose address was proven. Where none does, add one, false by default, and set it for ' +
    `the rows whose addresses you trust, and for no others: update ${table} set ${column} = true where …`
  )
}

const BACKFILL = 'with CLERK_SECRET_KEY and DATABASE_URL set'

/** Whether rows may have no Clerk id yet: where NULL is not taken, all of them have one. */
export const waitsForIds = ({ isOwn, columns }: TableBefore) =>
  isOwn && !columns.some(({ name, notNull }) => /^clerk_?id$/i.test(name) && notNull)

/** How the rows get their Clerk ids, before the first delivery can come: until then it may be refused. */
export function linkSteps(users: TableBefore | undefined, exec: string): { before: string[]; after: string[] } {
  if (!users || !waitsForIds(users)) return { before: [], after: [] }
  const proven = provenColumn(users.columns)
  const command = `${exec} clerk-sync backfill --link-by email --link-proven ${proven ?? 'COLUMN'}`
  const column = proven ? '' : ' COLUMN says that the address was proven.'
  const give = users.lacks
    ? 'Give your users their Clerk ids, and insert the others'
    : // It is ready: whether for the users that it had, cannot be seen.
      'Where users have no Clerk id yet, give them theirs'
  return {
    before: [
      [`${give}, ${BACKFILL}: ${command} --dry-run, then without --dry-run.${column}`, ...keeping(users)].join(
        '\n     ',
      ),
    ],
    after: [`The same once more, for who has signed up meanwhile: ${command}`],
  }
}

/** What a row has and Clerk has not stays until the endpoint is there. */
function keeping({ columns }: TableBefore): readonly string[] {
  const names = columnsWrittenOver(columns)
  if (names.length === 0) return []
  return [
    `"kept" of ${names.join(', ')} is what Clerk has not, and what the next event of a user writes over. Before you go on, give these values to Clerk, or leave the column out of map.user: ${page('adopting')}`,
  ]
}

/** How new tables are filled, after the endpoint is there: nobody is left out then. */
export const fillStep = (exec: string) =>
  `Fill the tables with what Clerk has, ${BACKFILL}: ${exec} clerk-sync backfill`

import type { Problem } from '@clerk-sync/core/adapter'
import { isPostgresJs } from './postgres-js-transaction.ts'

const warning = (message: string): Problem => ({
  severity: 'warning',
  table: '(connections)',
  message: `${message} Spread connectionLimits() of @clerk-sync/adapter-drizzle/postgres-js into the options of postgres().`,
})

/** What a client of postgres.js does with connections that break, by its options. */
export function postgresJsProblems(client: unknown): readonly Problem[] {
  if (!isPostgresJs(client)) return []
  const { socket, fetch_types } = client.options
  const problems: Problem[] = []
  if (socket === undefined) {
    problems.push(
      warning(
        'postgres.js ends no connection on which the network goes silent: each delivery that meets one takes a ' +
          'connection from the pool until TCP gives up, after minutes.',
      ),
    )
  }
  if (fetch_types) {
    problems.push(
      warning(
        'With fetch_types, which is its default, a connection that breaks while postgres.js reads the types ends the ' +
          'process with an unhandled rejection.',
      ),
    )
  }
  return problems
}

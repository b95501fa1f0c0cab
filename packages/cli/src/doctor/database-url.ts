import { type Finding, findingsOf } from './finding.ts'

const { warning } = findingsOf('settings')

/** An empty line of a .env file is a value: `??` does not replace it, and drivers take it for the default or for nothing. */
export function checkDatabaseUrl(env: NodeJS.ProcessEnv): readonly Finding[] {
  if (env.DATABASE_URL !== '') return []
  return [
    warning(
      'DATABASE_URL is set and empty: what reads it gets the default database of its driver, or with SQLite a temporary one without tables.',
      'Fill it in, in the environment or in the .env file, or remove the line.',
    ),
  ]
}

import { get } from 'node:http'
import { text } from 'node:stream/consumers'
import { inject } from 'vitest'

declare module 'vitest' {
  interface ProvidedContext {
    /** Where a worker asks for the URL of a server, by its kind; the answer comes when the server runs. */
    databases: string
  }
}

/** The variable by which a server of the caller's own is given. */
export type ServerVariable = 'CLERK_SYNC_POSTGRES_URL' | 'CLERK_SYNC_MYSQL_URL' | 'CLERK_SYNC_MARIADB_URL'

/**
 * The URL of a database server for tests: the one in the variable, or one that starts now and serves the whole run.
 *
 * The first call may take as long as a server's start. In a module or a `beforeAll` nobody counts that; in a test its
 * time-out does.
 *
 * @throws Error that says what was tried and what would help, where no server can be had: nothing is skipped.
 */
export async function serverUrl(variable: ServerVariable): Promise<string> {
  const kind = variable.replace(/^CLERK_SYNC_(\w+)_URL$/, '$1').toLowerCase()
  // Not fetch, which gives up after five minutes: a first start may download the server. And a connection for each request:
  // one that was kept may be closed by the other side just as it is used again.
  const { status, body } = await new Promise<{ status: number | undefined; body: string }>((resolve, reject) => {
    get(`${inject('databases')}/${kind}`, { agent: false }, (response) => {
      text(response).then((body) => resolve({ status: response.statusCode, body }), reject)
    }).once('error', reject)
  })
  if (status !== 200) throw new Error(body)
  return body
}

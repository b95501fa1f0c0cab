import pg from 'pg'

/** What a probe sees of a project: each statement in the one transaction that is rolled back after it. */
export interface Project {
  /** As the owner of the tables. */
  sql(text: string, ...values: unknown[]): Promise<Record<string, unknown>[]>
  /** As a role, with the claims of a token; the code of the error where it is refused. */
  as(role: string, text: string, ...values: unknown[]): Promise<Record<string, unknown>[] | string>
  /** A function of ours, called as the service role: its result, or the code of its error. */
  call(name: string, ...values: unknown[]): Promise<unknown>
}

/** As PostgREST sets it. */
export const SEARCH_PATH = '"public", "extensions"'

export function projectOn(client: pg.Client, claims: object): Project {
  const sql: Project['sql'] = async (text, ...values) => (await client.query(text, values)).rows
  const as: Project['as'] = async (role, text, ...values) => {
    await client.query('savepoint refused')
    try {
      await client.query(
        `select set_config('role', $1, true), set_config('search_path', $2, true),
           set_config('request.jwt.claims', $3, true)`,
        [role, SEARCH_PATH, JSON.stringify(claims)],
      )
      const { rows } = await client.query(text, values)
      await client.query('reset role')
      return rows
    } catch (error) {
      await client.query('rollback to savepoint refused')
      if (!(error instanceof pg.DatabaseError)) throw error
      return error.code ?? error.message
    }
  }
  const call: Project['call'] = async (name, ...values) => {
    const given = values.map((value) =>
      typeof value === 'object' && value !== null && !Array.isArray(value) ? JSON.stringify(value) : value,
    )
    const rows = await as(
      'service_role',
      `select public.${name}(${given.map((_, n) => `$${n + 1}`).join(', ')}) as result`,
      ...given,
    )
    return typeof rows === 'string' ? rows : rows[0]?.result
  }
  return { sql, as, call }
}

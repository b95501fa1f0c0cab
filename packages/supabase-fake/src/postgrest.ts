import { createHmac, timingSafeEqual } from 'node:crypto'
import { createServer, type IncomingMessage } from 'node:http'
import pg from 'pg'
import { type Answer, Refused, refusal } from './refusal.ts'

// A fake of PostgREST, which cannot be installed from npm. It answers the calls that our tests make, and no
// others: functions by POST, rows by GET, inserts and updates by POST and PATCH.
//
// What it proves: that the real supabase-js client, the adapter and its SQL work together on a real PostgreSQL, as the
// role that the token names, with the claims where auth.jwt() reads them, each call in a transaction of its own, and
// with the bodies and statuses that PostgREST documents (https://docs.postgrest.org/en/stable/references/errors.html).
// What it does not: that PostgREST does as documented, that Supabase's gateway lets a call through, its time limits and
// its pooling.

const SECRET = 'the secret of a test'

type Claims = Readonly<Record<string, unknown>> & { readonly role: string }

/** A token as Supabase's legacy keys are, and as Clerk's are to Supabase, but for the algorithm. */
export function tokenOf(claims: Claims, secret = SECRET): string {
  const encode = (value: object) => Buffer.from(JSON.stringify(value)).toString('base64url')
  const signed = `${encode({ alg: 'HS256', typ: 'JWT' })}.${encode(claims)}`
  return `${signed}.${createHmac('sha256', secret).update(signed).digest('base64url')}`
}

export const KEYS = {
  service: tokenOf({ role: 'service_role' }),
  anon: tokenOf({ role: 'anon' }),
}

export interface PostgrestFake {
  readonly url: string
  /** How many requests it was sent. */
  requests(): number
  close(): Promise<void>
}

export interface PostgrestOptions {
  /** Beside the schema of the API: Supabase's own setting, which a project may change. */
  readonly extraSearchPath?: readonly string[]
}

const EXTRA_SEARCH_PATH = ['public', 'extensions']

export async function startPostgrest(
  database: string,
  { extraSearchPath = EXTRA_SEARCH_PATH }: PostgrestOptions = {},
): Promise<PostgrestFake> {
  const searchPath = ['public', ...extraSearchPath].map((name) => pg.escapeIdentifier(name)).join(', ')
  const pool = new pg.Pool({ connectionString: database, max: 16 })
  // A connection that broke while it was idle: the next call makes a new one, and says so if it cannot.
  pool.on('error', () => {})
  // One that breaks in use fails the call, which answers so.
  pool.on('connect', (client) => client.on('error', () => {}))
  let requests = 0
  const server = createServer(async (request, response) => {
    requests++
    const { status, body, range } = await answer(pool, searchPath, request).catch((error: unknown) => refusal(error))
    response.writeHead(status, {
      'content-type': 'application/json; charset=utf-8',
      ...(range !== undefined && { 'content-range': range }),
    })
    response.end(body === undefined ? '' : JSON.stringify(body))
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const address = server.address()
  if (address === null || typeof address === 'string') throw new Error('The fake has no port.')
  return {
    url: `http://127.0.0.1:${address.port}`,
    requests: () => requests,
    async close() {
      server.closeAllConnections()
      await new Promise((resolve) => server.close(resolve))
      await pool.end()
    },
  }
}

async function answer(pool: pg.Pool, searchPath: string, request: IncomingMessage): Promise<Answer> {
  const claims = claimsOf(request.headers.authorization)
  const { pathname, searchParams } = new URL(request.url ?? '', 'http://localhost')
  const [, rest, version, name = '', called = ''] = pathname.split('/').map(decodeURIComponent)
  if (rest !== 'rest' || version !== 'v1') throw new Refused(404, '', 'no Route matched with those values')
  const chunks: Buffer[] = []
  for await (const chunk of request) chunks.push(chunk as Buffer)
  const body: unknown = chunks.length > 0 ? JSON.parse(Buffer.concat(chunks).toString('utf8')) : undefined

  const client = await pool.connect().catch(() => {
    throw new Refused(503, 'PGRST000', 'Database connection error. Retrying the connection.')
  })
  try {
    await client.query('begin')
    await client.query(
      `select set_config('search_path', $1, true), set_config('role', $2, true),
         set_config('request.jwt.claims', $3, true)`,
      [searchPath, claims.role, JSON.stringify(claims)],
    )
    const given =
      name === 'rpc' ? await rpc(client, called, body) : await rows(client, request, name, searchParams, body)
    await client.query('commit')
    return given
  } catch (error) {
    // Where the connection has gone, there is nothing to take back.
    await client.query('rollback').catch(() => {})
    throw Object.assign(error instanceof Error ? error : new Error(String(error)), { role: claims.role })
  } finally {
    client.release()
  }
}

/** Arguments by name, each read out of the JSON as the type that the function declares. */
async function rpc(client: pg.PoolClient, name: string, body: unknown): Promise<Answer> {
  const given = Object.keys(Object(body))
  const { rows: found } = await client.query(
    `select p.oid::regprocedure::text as id, p.pronargs - p.pronargdefaults as needed,
       p.prorettype = 'void'::regtype as is_void, p.provolatile <> 'v' as is_read_only, a.names::text[], a.types::text[]
     from pg_proc p, lateral (
       select coalesce(array_agg(n.name order by n.position), '{}') as names,
         coalesce(array_agg(format_type(p.proargtypes[n.position - 1], null) order by n.position), '{}') as types
       from unnest(p.proargnames) with ordinality as n(name, position)
     ) a
     where p.pronamespace = 'public'::regnamespace and p.proname = $1`,
    [name],
  )
  const [fitting, another] = found.filter(
    ({ names, needed }) =>
      given.every((one) => names.includes(one)) && names.slice(0, needed).every((one: string) => given.includes(one)),
  )
  if (!fitting) {
    const message = `Could not find the function public.${name}(${given.sort().join(', ')}) in the schema cache`
    throw new Refused(404, 'PGRST202', message)
  }
  if (another) {
    const message = `Could not choose the best candidate function between: ${fitting.id}, ${another.id}`
    throw new Refused(300, 'PGRST203', message)
  }
  if (fitting.is_read_only) await client.query('set transaction read only')
  const typeOf = (one: string): string => fitting.types[fitting.names.indexOf(one)]
  const quoted = given.map((one) => pg.escapeIdentifier(one))
  const columns = given.map((one, n) => `${quoted[n]} ${typeOf(one)}`)
  const call = `public.${pg.escapeIdentifier(name)}(${quoted.map((one) => `${one} := args.${one}`).join(', ')})`
  const from =
    given.length > 0 ? `from json_to_record($1) as args(${columns.join(', ')})` : 'where $1::json is not null'
  const { rows: result } = await client.query(`select to_json(${call}) as result ${from}`, [JSON.stringify(body ?? {})])
  return fitting.is_void ? { status: 204 } : { status: 200, body: result[0]?.result }
}

/**
 * `?select=a,b::text` or all columns; filters `column=eq.value`, `gt.value`, `lt.value`, `is.null`, `in.(a,b)`; `order=a.asc,b.asc`
 * and `limit`; the header `Prefer: count=exact`.
 */
async function rows(
  client: pg.PoolClient,
  { method, headers }: IncomingMessage,
  table: string,
  search: URLSearchParams,
  body: unknown,
): Promise<Answer> {
  const target = `public.${pg.escapeIdentifier(table)}`
  const given = [...search].filter(([name]) => !['select', 'columns', 'order', 'limit'].includes(name))
  const filters = given.filter(([, value]) => value !== 'is.null')
  const empty = given.filter(([, value]) => value === 'is.null')
  const values = filters.map(([, value]) => operandOf(value))
  const conditions = filters.map(([column, value], n) => {
    const named = pg.escapeIdentifier(column)
    if (value.startsWith('gt.')) return `${named} > $${n + 1}`
    if (value.startsWith('lt.')) return `${named} < $${n + 1}`
    return `${named}::text = ${value.startsWith('in.') ? `any($${n + 1}::text[])` : `$${n + 1}`}`
  })
  conditions.push(...empty.map(([column]) => `${pg.escapeIdentifier(column)} is null`))
  const where = conditions.length > 0 ? `where ${conditions.join(' and ')}` : ''
  if (method === 'GET') {
    const columns = namesIn(search.get('select') ?? '*').map(([name, cast]) =>
      name === '*' ? name : `${pg.escapeIdentifier(name)}${cast === '::text' ? cast : ''}`,
    )
    const text = `select ${columns.join(', ')} from ${target} ${where} ${pageOf(search)}`
    const page = await client.query({ text, values, types: AS_IN_JSON })
    if (!String(headers.prefer).includes('count=exact')) return { status: 200, body: page.rows }
    const counted = await client.query(`select count(*) as total from ${target} ${where}`, values)
    const total = Number(counted.rows[0]?.total)
    const { length } = page.rows
    const range = `${length === 0 ? '*' : `0-${length - 1}`}/${total}`
    return { status: length < total ? 206 : 200, body: page.rows, range }
  }
  const row = Object.entries(Object(body)).map(([column, value]) => [
    pg.escapeIdentifier(column),
    pg.escapeLiteral(String(value)),
  ])
  if (method === 'POST') {
    const [columns, literals] = [row.map(([column]) => column), row.map(([, literal]) => literal)]
    await client.query(`insert into ${target} (${columns.join(', ')}) values (${literals.join(', ')})`)
    return { status: 201 }
  }
  if (method === 'PATCH') {
    await client.query(`update ${target} set ${row.map((pair) => pair.join(' = ')).join(', ')} ${where}`, values)
    return { status: 204 }
  }
  throw new Refused(405, 'PGRST117', 'Unsupported HTTP method')
}

function operandOf(filter: string): string | string[] {
  const list = /^in\.\((.*)\)$/s.exec(filter)?.[1]
  if (list === undefined) return filter.replace(/^(eq|gt|lt)\./, '')
  return (list.match(/"(?:[^"\\]|\\.)*"|[^,]+/g) ?? []).map((one) => one.replace(/^"|"$/g, '').replace(/\\(.)/g, '$1'))
}

/** In JSON a bigint is a number, and whoever reads it gets the nearest that JavaScript has. */
const AS_IN_JSON: pg.CustomTypesConfig = {
  getTypeParser: ((id: number, format?: 'text') =>
    id === pg.types.builtins.INT8 ? Number : pg.types.getTypeParser(id, format)) as typeof pg.types.getTypeParser,
}

/** `a,"b.c"::text`: each name and what follows it. A name in double quotes may have any character. */
function namesIn(list: string): (readonly [name: string, then: string])[] {
  return (list.match(/(?:"(?:[^"\\]|\\.)*"|[^",])+/g) ?? []).map((one) => {
    const [, quoted, plain, then = ''] = /^(?:"((?:[^"\\]|\\.)*)"|(\*|[\p{L}\d_$ -]+))(.*)$/su.exec(one) ?? []
    const name = quoted?.replace(/\\(.)/g, '$1') ?? plain
    if (name === undefined) throw new Refused(400, 'PGRST100', `failed to parse a name in (${list})`)
    return [name, then]
  })
}

function pageOf(search: URLSearchParams): string {
  const columns = namesIn(search.get('order') ?? '').map(
    ([column, direction]) => `${pg.escapeIdentifier(column)} ${direction === '.desc' ? 'desc' : 'asc'}`,
  )
  const order = columns.length > 0 ? `order by ${columns.join(', ')}` : ''
  return `${order} ${search.has('limit') ? `limit ${Number(search.get('limit'))}` : ''}`
}

function claimsOf(authorization: string | undefined): Claims {
  const [scheme, token = ''] = (authorization ?? '').split(' ')
  const [header, payload = '', signature = ''] = token.split('.')
  const expected = createHmac('sha256', SECRET).update(`${header}.${payload}`).digest()
  const actual = Buffer.from(signature, 'base64url')
  if (scheme !== 'Bearer' || actual.length !== expected.length || !timingSafeEqual(actual, expected)) {
    throw new Refused(401, 'PGRST301', 'JWSError JWSInvalidSignature')
  }
  return JSON.parse(Buffer.from(payload, 'base64url').toString('utf8'))
}

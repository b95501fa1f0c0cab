import { ClerkSyncError } from '../errors.ts'
import { prop } from '../port/prop.ts'
import { untilAborted } from '../port/until-aborted.ts'
import type { StoreAccess } from '../store-access.ts'
import { broken, unavailable } from './api-errors.ts'
import type { ClerkApi } from './clerk-api.ts'
import { isOwnRow, listOf } from './listed-entities.ts'
import { readList } from './pages.ts'
import type { Run } from './run.ts'
import type { ClerkApiOptions, ListedEntity } from './types.ts'

/**
 * The id of the key's instance, `ins_…`.
 *
 * @throws ClerkSyncError `instance_mismatch` where the table, or the given client, belongs to another.
 */
export async function instanceOf(
  api: ClerkApi,
  { instanceId }: StoreAccess,
  { clerkClient }: ClerkApiOptions,
): Promise<string> {
  const { status, body } = await api.get('/instance')
  const id = prop(body, 'id')
  if (status !== 200 || typeof id !== 'string') throw broken('/instance', 'there is no id')
  if (instanceId !== undefined && instanceId !== id) {
    throw mismatch(`The secret key is of the Clerk instance ${id}, and this database belongs to ${instanceId}.`)
  }
  if (clerkClient && (await clientInstance(api, clerkClient)) !== id) {
    throw mismatch('clerkClient is of another Clerk instance than the secret key (CLERK_SECRET_KEY).')
  }
  return id
}

async function clientInstance(
  { signal }: ClerkApi,
  client: NonNullable<ClerkApiOptions['clerkClient']>,
): Promise<unknown> {
  try {
    // It takes no signal itself.
    return (await untilAborted(signal, () => client.instance.get())).id
  } catch (cause) {
    signal.throwIfAborted()
    throw unavailable('/instance, through clerkClient,', { reason: 'did not answer', cause }, 1)
  }
}

export function mismatch(what: string): ClerkSyncError {
  return new ClerkSyncError(
    'instance_mismatch',
    `${what} Development and production have different users. Nothing more was written. Take the secret key of the instance ` +
      'whose users this database holds.',
  )
}

const SAMPLE = 100
/** In one query. */
const ROWS = 500

/**
 * Without `instanceId`, the ids in the tables say whose they are.
 *
 * @throws ClerkSyncError `instance_mismatch` where Clerk knows none of a sample of them.
 */
export async function demandKnownIds(run: Run): Promise<void> {
  const { api, access, entities } = run
  for (const entity of entities) {
    const { byIds, path } = listOf(entity)
    if (!byIds) continue
    const ids = await sampleOf(run, entity)
    if (ids.length === 0) continue
    const { items } = await readList(api, path, { limit: SAMPLE, [byIds]: ids })
    if (items.length > 0) return
    throw mismatch(
      `Clerk knows none of ${ids.length} rows of ${access.adapter.tables[entity]?.name}: the secret key is of another ` +
        'instance, or all of them were deleted, or made up by clerk-sync trigger. Where it is the right one, give ' +
        'createClerkSync its instanceId.',
    )
  }
}

/** Live rows, however many tombstones stand before them. */
async function sampleOf(run: Run, entity: ListedEntity): Promise<readonly string[]> {
  const ids: string[] = []
  for (let after: string | undefined; ids.length < SAMPLE; ) {
    const rows = await run.scan(entity, { after, limit: ROWS })
    const live = rows.filter((row) => !row.deleted && isOwnRow(entity, row))
    ids.push(...live.slice(0, SAMPLE - ids.length).map(({ key }) => key))
    after = rows.at(-1)?.key
    if (after === undefined) break
  }
  return ids
}

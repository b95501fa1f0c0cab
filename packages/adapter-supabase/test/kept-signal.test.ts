import { supabaseAdapter } from '@clerk-sync/adapter-supabase'
import { KEYS } from '@clerk-sync/supabase-fake'
import { expect, it } from 'vitest'
import { clientOf } from './kit/client.ts'
import { openProject } from './kit/project.ts'

const TIME = 1_760_000_000_000

it.for(['row', 'beside'] as const)(
  'a delete that keeps its row ends with its signal while it reads, versions: %s',
  async (versions) => {
    const { postgrest, sql } = await openProject('supabase_signal', 'functions', 'tables', 'versions')
    if (versions === 'beside') await sql('alter table users drop column clerk_version, drop column deleted_at')
    const controller = new AbortController()
    const ended: unknown[] = []
    const client = clientOf(postgrest.url, KEYS.service, {
      global: {
        fetch: (input, init) => {
          if (/\/users\?/.test(String(input))) {
            controller.abort()
            ended.push(init?.signal?.aborted)
          }
          return fetch(input, init)
        },
      },
    })
    const adapter = supabaseAdapter(client, {
      users: { table: 'users', columns: ['email'] },
      ...(versions === 'beside' && { versions: 'clerk_versions' }),
    })
    const change = { kind: 'delete', mode: 'keep', entity: 'user', key: 'user_1', values: {} } as const
    const version = `9999999999999${TIME}1000001`
    const deleting = adapter.softDelete(
      { ...change, version, deletedAt: new Date(TIME) },
      { signal: controller.signal },
    )
    await expect(deleting).rejects.toThrow(/abort/i)
    expect(ended).toEqual([true])
  },
)

it('a delete that keeps its row beside its version is told from its duplicate, and from an earlier and a later one', async () => {
  const { postgrest, sql } = await openProject('supabase_kept', 'functions', 'tables', 'versions')
  await sql('alter table users drop column clerk_version, drop column deleted_at')
  const adapter = supabaseAdapter(clientOf(postgrest.url, KEYS.service), {
    users: { table: 'users', columns: ['email'] },
    versions: 'clerk_versions',
  })
  await adapter.upsert({ kind: 'upsert', entity: 'user', key: 'user_1', version: `${TIME}${TIME}1000001`, values: {} })
  const deleted = (at: number) =>
    adapter.softDelete({
      ...({ kind: 'delete', mode: 'keep', entity: 'user', key: 'user_1', values: {} } as const),
      ...{ version: `9999999999999${TIME + at}1000001`, deletedAt: new Date(TIME + at) },
    })
  expect([await deleted(5), await deleted(5), await deleted(4)]).toEqual(['deleted', 'unchanged', 'already_deleted'])
  expect(await deleted(6)).toBe('deleted')
  expect(await sql('select deleted_at from clerk_versions')).toEqual([{ deleted_at: new Date(TIME + 6) }])
})

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

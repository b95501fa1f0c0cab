import { type ClerkVersionsTable, kyselyAdapter, type SyncColumns } from '@clerk-sync/adapter-kysely'
import type { Kysely } from 'kysely'
import type { UserRow } from '../by-hand.ts'
import type { Adapter, Mode } from './store.ts'

interface UserTable {
  id: string
  email: string | null
  first_name: string | null
  last_name: string | null
  image_url: string | null
}

export interface Tables {
  kysely_users: UserTable & SyncColumns<Date | number>
  kysely_hand_users: UserTable
  kysely_beside_users: UserTable
  kysely_beside_versions: ClerkVersionsTable<Date | number>
}

const columns = ['email', 'first_name', 'last_name', 'image_url'] as const

export function throughKysely(db: Kysely<Tables>, mode: Mode): Adapter {
  return mode === 'row'
    ? kyselyAdapter(db, { users: { table: 'kysely_users', columns } })
    : kyselyAdapter(db, {
        users: { table: 'kysely_beside_users', columns },
        versions: 'kysely_beside_versions',
      })
}

export function kyselyUpsert(db: Kysely<Tables>, onMysql = false): (user: UserRow) => Promise<unknown> {
  return ({ id, email, firstName, lastName, imageUrl }) => {
    const values = { email, first_name: firstName, last_name: lastName, image_url: imageUrl }
    const insert = db.insertInto('kysely_hand_users').values({ id, ...values })
    return onMysql
      ? insert.onDuplicateKeyUpdate(values).execute()
      : insert.onConflict((conflict) => conflict.column('id').doUpdateSet(values)).execute()
  }
}

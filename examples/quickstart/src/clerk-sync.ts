// For the command clerk-sync: the same database, ORM and secret as the server's.
import { adapterNames, openStore } from './open-store.ts'
import { ownFile } from './own-file.ts'
import { readSettings } from './settings.ts'

const { adapter, database, signingSecret } = readSettings([], process.env, adapterNames)

export const { clerkSync } = await openStore(adapter, database ?? ownFile(), { signingSecret, onResult: () => {} })

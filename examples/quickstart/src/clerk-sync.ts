// For the command clerk-sync: the same database, ORM and secret as the server's.
import { adapterNames, openStore } from './open-store.ts'
import { ownFile } from './own-file.ts'
import { readSettings } from './settings.ts'

const { adapter, mode, database, signingSecret } = readSettings([], process.env, adapterNames)

export const { clerkSync } = await openStore(adapter, mode, database ?? ownFile(mode), {
  signingSecret,
  onResult: () => {},
})

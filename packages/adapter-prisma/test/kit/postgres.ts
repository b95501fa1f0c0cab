import { Socket } from 'node:net'
import { freshDatabase } from '@clerk-sync/test-support/databases'
import { createdTables, type KitTables, type Versions } from '@clerk-sync/test-support/kit-tables'
import { type Query, rawPostgres, type WhenDone } from '@clerk-sync/test-support/raw-connections'
import pg from 'pg'

/** The README's: a connection on which nothing passes is closed, since nobody but the driver can end one. */
export const streamFor = (silenceMs: number) => () => {
  const socket = new Socket()
  return socket.setTimeout(silenceMs, () => socket.destroy())
}
export const stream = streamFor(12_000)

/** Prisma's dates have no zone in the database, and are in UTC. */
const utcDates: pg.CustomTypesConfig = {
  getTypeParser: (oid, format) =>
    oid === pg.types.builtins.TIMESTAMP
      ? (text: string) => new Date(`${text.replace(' ', 'T')}Z`)
      : pg.types.getTypeParser(oid, format),
}

/** A database with the kit's tables as Prisma would make them, and a raw connection to them. */
export async function prismaPostgres(
  suite: string,
  whenDone: WhenDone,
  versions: Versions = 'row',
): Promise<KitTables & { readonly url: string }> {
  const url = await freshDatabase('postgres', versions === 'row' ? suite : `${suite}_beside`)
  return { url, ...(await createdTables('postgres', utcPostgres(url, whenDone), versions)) }
}

export function utcPostgres(url: string, whenDone: WhenDone): Query {
  const raw = rawPostgres(url, whenDone, utcDates)
  return (text, values = []) => {
    const utc = values.map((value) => (value instanceof Date ? value.toISOString() : value))
    return raw(text.replaceAll('timestamptz(3)', 'timestamp(3)'), utc)
  }
}

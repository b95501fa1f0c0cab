// npm run tables: creates the tables in the empty database that DATABASE_URL names.
import { readFile } from 'node:fs/promises'
import pg from 'pg'

const connectionString = process.env.DATABASE_URL
if (!connectionString) throw new Error('DATABASE_URL is not set: give the URL of an empty PostgreSQL database.')
const client = new pg.Client({ connectionString })
await client.connect()
try {
  await client.query(await readFile(new URL('schema.sql', import.meta.url), 'utf8'))
} finally {
  await client.end()
}

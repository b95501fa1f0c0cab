// Global set-up of the projects that test behind PgBouncer: the tests start their own, by the command that this finds.
import { pgBouncerCommand } from './databases/pgbouncer.mjs'

export default async function setup() {
  process.env.CLERK_SYNC_PGBOUNCER ??= JSON.stringify(
    await pgBouncerCommand((text) => console.log(`pgbouncer ${text}`)),
  )
}

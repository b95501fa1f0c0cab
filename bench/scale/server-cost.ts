import { readdirSync, readFileSync } from 'node:fs'
import type { Pool } from 'pg'

/** What the server has spent so far. */
export interface ServerCost {
  /** Of all its processes, user and system; undefined where they are not on this machine. */
  readonly cpuMs: number | undefined
  readonly walBytes: number
}

/** Of `/proc/…/stat`: one is 10 ms on Linux. */
const MS_PER_TICK = 10

export async function serverCost(pool: Pool): Promise<ServerCost> {
  const { rows } = await pool.query(`select pg_backend_pid() as pid, pg_current_wal_insert_lsn() - '0/0' as wal`)
  return { cpuMs: cpuOf(Number(rows[0].pid)), walBytes: Number(rows[0].wal) }
}

/** The server is the parent of the connection's process; what its children that have ended took is counted with it. */
function cpuOf(backend: number): number | undefined {
  const own = statOf(backend)
  const server = own?.name.startsWith('postgres') ? statOf(own.parent) : undefined
  if (!own || !server) return undefined
  const children = readdirSync('/proc').flatMap((entry) => (/^\d+$/.test(entry) ? (statOf(Number(entry)) ?? []) : []))
  const alive = children.filter(({ parent }) => parent === own.parent)
  return (server.ticks + server.endedTicks + alive.reduce((sum, { ticks }) => sum + ticks, 0)) * MS_PER_TICK
}

function statOf(pid: number) {
  let text: string
  try {
    text = readFileSync(`/proc/${pid}/stat`, 'utf8')
  } catch {
    return undefined
  }
  const [, name = '', rest = ''] = /^\d+ \((.*)\) (.*)/s.exec(text) ?? []
  // From `state` on: parent is the second, and utime, stime, cutime, cstime are the 12th to the 15th.
  const fields = rest.split(' ').map(Number)
  const [parent = 0, ...times] = [fields[1], ...fields.slice(11, 15)]
  const [user = 0, system = 0, endedUser = 0, endedSystem = 0] = times
  return { name, parent, ticks: user + system, endedTicks: endedUser + endedSystem }
}

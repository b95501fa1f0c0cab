import { once } from 'node:events'
import { connect, createServer, type Server, type Socket } from 'node:net'
import { httpWire } from './http-wire.ts'
import { Link } from './link.ts'
import { mysqlWire } from './mysql-wire.ts'
import { postgresWire } from './postgres-wire.ts'
import { type FaultRule, type Injected, Rules } from './rules.ts'

export interface FaultProxy {
  /** The target's URL, through the proxy; of another database of the same server where one is named. */
  url(database?: string): string
  /** From now on, until it has struck as often as it should. */
  rule(rule: FaultRule): Injected
  /** Every statement that clients have sent, in the order of their arrival; `connect` for a log-in, or a whole request. */
  readonly statements: readonly string[]
  /** How many connections are open. */
  connections(): number
  /** How many of them pass nothing on any more. */
  silent(): number
  /** Ends every connection, those that went silent too. */
  cutAll(): Promise<void>
  /** Ends every connection and refuses new ones, as a server that is away. */
  goAway(): Promise<void>
  comeBack(): Promise<void>
  close(): Promise<void>
}

const WIRES = { postgres: postgresWire, mysql: mysqlWire, http: httpWire }

/**
 * Stands between an application and its database, reads the statements as they pass, and breaks the connection at the
 * ones that its rules name. Without TLS and compression: PostgreSQL's clients are answered that the server has none.
 *
 * @example
 * ```
 * const proxy = await startFaultProxy({ target: 'postgres://localhost/test', protocol: 'postgres' })
 * onTestFinished(() => proxy.close())
 * const pool = new pg.Pool({ connectionString: proxy.url() })
 * proxy.rule({ at: /^commit/i, do: 'cut', when: 'after' }) // committed, and the application never hears of it
 * ```
 */
export async function startFaultProxy(options: {
  readonly target: string
  readonly protocol: keyof typeof WIRES
}): Promise<FaultProxy> {
  const target = new URL(options.target)
  const rules = new Rules()
  const links = new Set<Link>()
  const statements: string[] = []
  const accept = (client: Socket) => {
    const upstream = connect(Number(target.port), target.hostname)
    const link = new Link(client, upstream, WIRES[options.protocol](), rules, (text) => statements.push(text))
    links.add(link)
    void link.done.finally(() => links.delete(link))
  }
  const listen = async (port: number): Promise<Server> => {
    const server = createServer(accept).listen(port, '127.0.0.1')
    await once(server, 'listening')
    return server
  }
  let server = await listen(0)
  const address = server.address()
  if (address === null || typeof address === 'string') throw new Error('The proxy has no port.')
  const { port } = address

  const cutAll = async () => {
    const ended = [...links].map((link) => {
      link.close()
      return link.done
    })
    await Promise.all(ended)
  }
  const goAway = async () => {
    const closed = server.listening ? once(server, 'close') : undefined
    server.close()
    await cutAll()
    await closed
  }
  return {
    url(database) {
      const url = new URL(target)
      url.host = `127.0.0.1:${port}`
      if (database !== undefined) url.pathname = `/${database}`
      return url.href
    },
    rule: (rule) => rules.add(rule),
    statements,
    connections: () => links.size,
    silent: () => [...links].filter((link) => link.isSilent).length,
    cutAll,
    goAway,
    async comeBack() {
      server = await listen(port)
    },
    close: goAway,
  }
}

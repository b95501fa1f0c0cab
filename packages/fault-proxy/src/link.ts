import type { Socket } from 'node:net'
import type { Fault, Rules } from './rules.ts'
import type { Wire } from './wire.ts'

/** One client's connection through the proxy to the server. */
export class Link {
  /** Both directions are over. */
  readonly done: Promise<void>
  readonly #client: Socket
  readonly #server: Socket
  readonly #wire: Wire
  readonly #rules: Rules
  readonly #seen: (statement: string) => void
  /** Requests that the server has yet to answer, oldest first, with what is to happen then. */
  readonly #asked: (Fault | undefined)[] = []
  #next: Fault | undefined
  #held: Buffer[] = []
  #silent = false

  constructor(client: Socket, server: Socket, wire: Wire, rules: Rules, seen: (statement: string) => void) {
    this.#client = client
    this.#server = server
    this.#wire = wire
    this.#rules = rules
    this.#seen = seen
    for (const socket of [client, server]) {
      socket.setNoDelay(true)
      // A broken connection closes as well, and that ends both ways.
      socket.on('error', () => {})
    }
    client.once('close', () => server.destroySoon())
    // Silence outlasts the server's end: the client goes on waiting.
    server.once('close', () => this.#silent || client.destroySoon())
    this.done = Promise.all([
      this.#pump(client, (chunk) => this.#up(chunk)),
      this.#pump(server, (c) => this.#down(c)),
    ]).then(() => this.close())
  }

  get isSilent(): boolean {
    return this.#silent
  }

  close(): void {
    this.#client.destroy()
    this.#server.destroy()
  }

  async #pump(from: Socket, pass: (chunk: Buffer) => Promise<void>): Promise<void> {
    try {
      for await (const chunk of from) await pass(chunk)
    } catch (error) {
      // Ended by us, or broken by the other end: `close` deals with both.
      if (!from.destroyed) throw error
    }
  }

  async #up(chunk: Buffer): Promise<void> {
    for (const { bytes, statement, ends, reply } of this.#wire.fromClient(chunk)) {
      if (this.#silent) return
      if (reply) {
        await write(this.#client, reply)
        continue
      }
      if (statement !== undefined) {
        this.#seen(statement)
        const fault = this.#rules.strike(statement)
        if (fault?.when === 'before' && (await this.#inject(fault, this.#server, bytes))) return
        if (fault?.when === 'after') this.#next = fault
      }
      if (ends) {
        this.#asked.push(this.#next)
        this.#next = undefined
      }
      await write(this.#server, bytes)
    }
  }

  async #down(chunk: Buffer): Promise<void> {
    for (const { bytes, ends } of this.#wire.fromServer(chunk)) {
      if (this.#silent) return
      const fault = this.#asked[0]
      if (ends) this.#asked.shift()
      if (!fault) {
        await write(this.#client, bytes)
        continue
      }
      this.#held.push(bytes)
      if (!ends) continue
      const answer = Buffer.concat(this.#held)
      this.#held = []
      if (await this.#inject(fault, this.#client, answer)) return
      await write(this.#client, answer)
    }
  }

  /** Whether the connection is of no use afterwards. `bytes` are on their way to `to`. */
  async #inject(fault: Fault, to: Socket, bytes: Buffer): Promise<boolean> {
    switch (fault.do) {
      case 'delay':
        await (fault.until ?? new Promise((resolve) => setTimeout(resolve, fault.delayMs ?? 100)))
        return false
      case 'silence':
        this.#silent = true
        return true
      case 'truncate':
        await write(to, bytes.subarray(0, Math.ceil(bytes.length / 2)))
        break
      case 'reset':
        this.#client.resetAndDestroy()
        break
      case 'cut':
        break
    }
    // What was written is sent before the end.
    this.#client.destroySoon()
    this.#server.destroySoon()
    return true
  }
}

/** Resolves once the socket takes more, or is gone. */
function write(socket: Socket, bytes: Buffer): Promise<void> {
  return new Promise((resolve) => socket.write(bytes, () => resolve()))
}

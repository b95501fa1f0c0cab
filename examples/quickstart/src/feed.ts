// What the page listens to: each delivery as it is answered, as server-sent events.
import type { ServerResponse } from 'node:http'
import type { DeliveryResult } from '@clerk-sync/core'

const REMEMBERED = 30

export interface DeliveryNotice {
  readonly at: string
  readonly status: number
  /** The outcome, or the code of the error. */
  readonly said: string
  /** Of a delivery that was not genuine nothing is known. */
  readonly type: string | null
  readonly entityId: string | null
}

export class DeliveryFeed {
  readonly #listeners = new Set<ServerResponse>()
  #recent: readonly string[] = []

  add(result: DeliveryResult): void {
    const line = `data: ${JSON.stringify(noticeOf(result))}\n\n`
    this.#recent = [...this.#recent, line].slice(-REMEMBERED)
    for (const listener of this.#listeners) listener.write(line)
  }

  open(response: ServerResponse): void {
    response.writeHead(200, { 'content-type': 'text/event-stream', 'cache-control': 'no-store' })
    // A page that comes back after a restart starts anew.
    response.write(`retry: 1000\n\nevent: hello\ndata: ${process.pid}\n\n${this.#recent.join('')}`)
    this.#listeners.add(response)
    response.once('close', () => this.#listeners.delete(response))
  }

  end(): void {
    for (const listener of this.#listeners) listener.end()
  }
}

export function noticeOf(result: DeliveryResult): DeliveryNotice {
  const entityId: unknown = result.event && Reflect.get(result.event.data, 'id')
  return {
    at: new Date().toISOString(),
    status: result.status,
    said: result.ok ? result.outcome : result.error.code,
    type: result.event?.type ?? null,
    entityId: typeof entityId === 'string' ? entityId : null,
  }
}

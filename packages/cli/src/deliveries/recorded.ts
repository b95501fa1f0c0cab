import { createHash, createHmac } from 'node:crypto'
import { UsageError } from '../errors.ts'
import type { Attempt } from './send.ts'

/** One delivery of a file. The body is what was signed, to the byte. */
export interface Recorded {
  /** Of the message: the same at every attempt. */
  readonly id: string
  readonly type: string
  readonly entityId: string
  readonly body: string
}

/**
 * Reads a file with one JSON object a line: an event as Clerk sends it; a delivery, `{ "headers": …, "body": … }`; or
 * what `clerk webhooks listen --json` prints, whose other lines are left out.
 *
 * @throws UsageError with the number of the line that is none of these
 */
export function readRecorded(text: string, file: string): Recorded[] {
  return text.split(/\r?\n/).flatMap((line, at) => {
    if (line.trim() === '') return []
    const place = `${file}, line ${at + 1}`
    const value = parsed(line)
    if (value === undefined) throw new UsageError(`${place} is not a JSON object. The file has one JSON object a line.`)
    if (typeof value.type === 'string' && NOTICES.includes(value.type) && !('data' in value)) return []
    return [recordedOf(value, line, place)]
  })
}

/** Lines of Clerk's command that are no deliveries. */
const NOTICES = ['ready', 'reconnecting', 'disconnected', 'error', 'warning']

function recordedOf(value: Record<string, unknown>, line: string, place: string): Recorded {
  const body = bodyOf(value) ?? line.trim()
  const event = parsed(body)
  if (event?.object !== 'event' || typeof event.type !== 'string' || typeof event.data !== 'object') {
    throw new UsageError(
      `${place} holds no event of Clerk's. It takes an event, { "object": "event", "type": …, "data": … }; a delivery, ` +
        '{ "headers": …, "body": … }; or a line of clerk webhooks listen --json.',
    )
  }
  const entityId: unknown = Reflect.get(Object(event.data), 'id')
  return {
    id: idOf(value) ?? `msg_${createHash('sha256').update(body).digest('hex').slice(0, 27)}`,
    type: event.type,
    entityId: typeof entityId === 'string' ? entityId : '',
    body,
  }
}

function bodyOf({ body, body_b64 }: Record<string, unknown>): string | undefined {
  if (typeof body_b64 === 'string') return Buffer.from(body_b64, 'base64').toString()
  if (typeof body === 'string') return body
  return typeof body === 'object' && body !== null ? JSON.stringify(body) : undefined
}

function idOf({ headers, svix_id }: Record<string, unknown>): string | undefined {
  const named = new Map(Object.entries(Object(headers)).map(([name, value]) => [name.toLowerCase(), value]))
  const id = svix_id ?? named.get('svix-id') ?? named.get('webhook-id')
  return typeof id === 'string' && id !== '' ? id : undefined
}

function parsed(text: string): Record<string, unknown> | undefined {
  try {
    const value: unknown = JSON.parse(text)
    return typeof value === 'object' && value !== null && !Array.isArray(value)
      ? (value as Record<string, unknown>)
      : undefined
  } catch {
    return undefined
  }
}

/** Signs one attempt now, as Svix does: each attempt has its own time and signature. */
export function sign({ id, body }: Pick<Recorded, 'id' | 'body'>, secret: string, now = Date.now()): Attempt {
  const timestamp = String(Math.floor(now / 1000))
  const key = Buffer.from(secret.replace(/^whsec_/, ''), 'base64')
  const signature = createHmac('sha256', key).update(`${id}.${timestamp}.${body}`).digest('base64')
  return {
    headers: { 'svix-id': id, 'svix-timestamp': timestamp, 'svix-signature': `v1,${signature}` },
    body,
  }
}

import type { ClerkEvent } from '@clerk-sync/core'
import { askClerk, type ClerkAnswer } from '../doctor/ask-clerk.ts'
import { CommandError, UsageError } from '../errors.ts'
import { dataFrom, type Json } from './event-data.ts'
import type { TriggerOptions } from './events.ts'

/** Whose rows a made-up snapshot or delete would replace, and where Clerk has them. */
const ROUTES: Readonly<Record<string, string>> = { user: '/users', organization: '/organizations' }
/** As Clerk makes ids: user_2vYpZ3w0mGYqYj5vX7cGmYw6E1l, orgmem_…. Nothing has a shorter one. */
const REAL_ID = /^[a-z_]+_[0-9A-Za-z]{27}$/

const ANYWAY = 'With --made-up it is sent all the same, as for what trigger itself made up.'

/** Where the events go. */
interface Target {
  /** A server on this machine, whose rows are there to try things with: nothing is refused. */
  readonly isLocal: boolean
  readonly note: (line: string) => void
}

export const isLocal = ({ hostname }: URL) => /^(?:(?:.+\.)?localhost|127(?:\.\d+){3}|\[::1\])$/.test(hostname)

/**
 * The events, but for those of an object that --user or --set names and that Clerk has: these are a snapshot of what Clerk
 * has, with the values of --set. A made-up person would otherwise be written over a real one.
 *
 * @throws UsageError, unless they go to this machine, for a delete of what Clerk has or may have, and for an id of Clerk's form
 * without the key to ask, or that the instance of the key does not have
 */
export async function asClerkHasIt(
  events: readonly ClerkEvent[],
  { user, set = [] }: TriggerOptions,
  target: Target,
  signal: AbortSignal,
): Promise<readonly ClerkEvent[]> {
  const answers = new Map<string, Json | undefined>()
  const asked: ClerkEvent[] = []
  for (const event of events) {
    const { id } = dataFrom(event.type, user, set)
    const route = ROUTES[event.type.split('.', 1)[0] ?? '']
    const isDelete = event.type.endsWith('.deleted')
    if (route === undefined || typeof id !== 'string' || (isDelete && target.isLocal)) {
      if (isDelete && !target.isLocal && mayBeReal(id)) {
        throw new UsageError(`Clerk may have ${id}, and a delete is final. ${ANYWAY}`)
      }
      asked.push(event)
      continue
    }
    if (!answers.has(id)) answers.set(id, await (target.isLocal ? objectOrNote : objectOf)(route, id, signal, target))
    const object = answers.get(id)
    if (object && isDelete) {
      throw new UsageError(`Clerk has ${id}, and a delete is final: its row would be erased for ever. ${ANYWAY}`)
    }
    asked.push(object ? ({ ...event, data: snapshotOf(object, event, user, set) } as object as ClerkEvent) : event)
  }
  return asked
}

/** With other values it is newer than what Clerk has: else a row that has that already would not take them. */
function snapshotOf(object: Json, { type, data }: ClerkEvent, user: string | undefined, set: readonly string[]): Json {
  const updated = set.length > 0 ? { updated_at: Reflect.get(data, 'updated_at') } : {}
  return dataFrom(type, user, set, { ...structuredClone(object), ...updated })
}

async function objectOrNote(
  route: string,
  id: string,
  signal: AbortSignal,
  { note }: Target,
): Promise<Json | undefined> {
  try {
    return await objectOf(route, id, signal)
  } catch (error) {
    if (signal.aborted) throw error
    note(`Of ${id}, what is sent is made up: Clerk was not asked, or does not have it.`)
    return undefined
  }
}

/** Whether it may be somebody's. */
export const mayBeReal = (id: unknown) => typeof id === 'string' && REAL_ID.test(id)

/** Undefined where nobody has the id. */
async function objectOf(route: string, id: string, signal: AbortSignal): Promise<Json | undefined> {
  if (!process.env.CLERK_SECRET_KEY) {
    if (mayBeReal(id)) throw somebodys(id, 'Set CLERK_SECRET_KEY, so that what Clerk has is sent.')
    return undefined
  }
  const { status, body } = await answerTo(`${route}/${encodeURIComponent(id)}`, signal)
  if (status === 404) {
    // The key of another instance knows nobody of this one.
    if (mayBeReal(id)) throw somebodys(id, 'The instance of CLERK_SECRET_KEY does not have it; another one may.')
    return undefined
  }
  if (status === 200 && Reflect.get(Object(body), 'id') === id) return body as Json
  const why = status === 401 ? 'it refused CLERK_SECRET_KEY' : `it answered ${status}`
  throw new CommandError(`Whether Clerk has ${id} is not known: ${why}. ${ANYWAY}`)
}

const somebodys = (id: string, why: string) =>
  new UsageError(`${id} may be somebody's, and what is made up would replace the row. ${why} ${ANYWAY}`)

async function answerTo(path: string, signal: AbortSignal): Promise<ClerkAnswer> {
  try {
    return await askClerk(path, process.env, signal)
  } catch (cause) {
    signal.throwIfAborted()
    throw new CommandError(`Clerk did not answer. ${ANYWAY}`, { cause })
  }
}

import type { ClerkEvent, ClerkEventType } from '@clerk-sync/core'
import { ENVELOPE_LAG_MS, eventOf } from '../clerk-event.ts'
import { type ClerkObjects, changed, clerkJsonOf, type EntityName } from '../clerk-object.ts'
import type { DeepPartial } from '../merge.ts'
import type { Json } from '../objects/json.ts'
import { idOf } from '../random.ts'
import { notFound } from './answer.ts'
import type { Collection, Entry } from './collection.ts'
import { EVENT_OF_CHANGE } from './event-of-change.ts'
import type { WebhookFate } from './webhooks.ts'
import { entryOf } from './world.ts'

export interface ChangeOptions {
  /** What becomes of the change's message; as the server's `webhooks` says, unless given. */
  readonly webhook?: WebhookFate
}

/** Changes what the instance has, as its users and its Dashboard do. Each change sends its message, where Clerk has one. */
export interface Changes<Data> {
  /** How many there are. */
  readonly count: number
  /** Oldest first. */
  ids(): string[]
  /** Undefined where it is not there. */
  get(id: string): Data | undefined
  /** Resolves when the message is answered, if it is delivered at once. */
  create(overrides?: DeepPartial<Data>, options?: ChangeOptions): Promise<Data>
  /** @throws Error when it is not there */
  update(id: string, changes: DeepPartial<Data>, options?: ChangeOptions): Promise<Data>
  /** @throws Error when it is not there */
  delete(id: string, options?: ChangeOptions): Promise<void>
  /** Reads no longer see it, as on a replica that lags behind; `show` ends that. */
  hide(id: string): void
  show(id: string): void
}

/** What changes need of the instance. */
export interface Surroundings {
  readonly seed: string
  readonly instanceId: string
  now(): number
  send(event: ClerkEvent, fate: WebhookFate | undefined): Promise<void>
}

/** A change that is there, and when its message is answered. */
export interface Change {
  readonly json: Json
  readonly sent: Promise<void>
}

async function done<Data>(apply: () => Change): Promise<Data> {
  const { json, sent } = apply()
  await sent
  return json as object as Data
}

export class EntityChanges<Name extends EntityName> implements Changes<ClerkObjects[Name]> {
  readonly #entity: Name
  readonly #collection: Collection
  readonly #surroundings: Surroundings
  readonly #goWith: (id: string) => void
  #made = 0

  /** @param goWith - removes what goes with one that is deleted: without messages, as in Clerk */
  constructor(entity: Name, collection: Collection, surroundings: Surroundings, goWith: (id: string) => void) {
    this.#entity = entity
    this.#collection = collection
    this.#surroundings = surroundings
    this.#goWith = goWith
  }

  get count(): number {
    return this.#collection.all().length
  }

  ids(): string[] {
    return this.#collection.all().map(({ id }) => id)
  }

  get(id: string): ClerkObjects[Name] | undefined {
    const entry = this.#collection.get(id)
    return entry && (this.#collection.json(entry) as object as ClerkObjects[Name])
  }

  create(overrides: object = {}, options: ChangeOptions = {}): Promise<ClerkObjects[Name]> {
    return done(() => this.applyCreate(overrides, options))
  }

  update(id: string, changes: object, options: ChangeOptions = {}): Promise<ClerkObjects[Name]> {
    return done(() => this.applyUpdate(id, changes, options))
  }

  async delete(id: string, options: ChangeOptions = {}): Promise<void> {
    await this.applyDelete(id, options).sent
  }

  applyCreate(overrides: object, options: ChangeOptions = {}): Change {
    const { id }: Json = { ...overrides }
    const seed = typeof id === 'string' ? id : `${this.#surroundings.seed} created ${++this.#made}`
    const entry = entryOf(clerkJsonOf(this.#entity, overrides, seed, this.#surroundings.now()))
    if (this.#collection.get(entry.id)) throw new Error(`There is a ${this.#entity} ${entry.id} already.`)
    this.#collection.add(entry)
    const json = this.#collection.json(entry)
    return { json, sent: this.#send('created', json, entry.updatedAt, options) }
  }

  applyUpdate(id: string, changes: object, options: ChangeOptions = {}): Change {
    const entry = this.#there(id)
    const updatedAt = Math.max(this.#surroundings.now(), entry.updatedAt + 1)
    const had = this.#collection.json(entry)
    const origin = { seed: `${id} ${updatedAt}`, at: updatedAt }
    const after = entryOf(changed(this.#entity, { ...had, updated_at: updatedAt }, changes, origin))
    this.#collection.replace(after)
    const json = this.#collection.json(after)
    return { json, sent: this.#send('updated', json, after.updatedAt, options) }
  }

  /** Gives what was there. */
  applyDelete(id: string, options: ChangeOptions = {}): Change {
    const entry = this.#there(id)
    const json = this.#collection.json(entry)
    this.#collection.remove(id)
    this.#goWith(id)
    const at = Math.max(this.#surroundings.now(), entry.updatedAt + 1)
    return { json, sent: this.#send('deleted', json, at, options) }
  }

  hide(id: string): void {
    this.#collection.setHidden(id, true)
  }

  show(id: string): void {
    this.#collection.setHidden(id, false)
  }

  #there(id: string): Entry {
    const entry = this.#collection.get(id)
    if (!entry) throw notFound(this.#entity, id)
    return entry
  }

  async #send(
    verb: 'created' | 'updated' | 'deleted',
    json: Json,
    at: number,
    { webhook }: ChangeOptions,
  ): Promise<void> {
    const type: ClerkEventType | undefined = EVENT_OF_CHANGE[this.#entity]?.(verb, String(json.status))
    if (type === undefined) return
    const { instanceId, seed } = this.#surroundings
    const data = structuredClone(eventOf(type, json))
    const id = idOf('msg', `${seed} ${type} ${String(json.id)} ${at}`)
    const event = { id, type, data, timestamp: at + ENVELOPE_LAG_MS, instanceId }
    await this.#surroundings.send(event as object as ClerkEvent, webhook)
  }
}

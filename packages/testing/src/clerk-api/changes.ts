import type { ClerkEvent } from '@clerk-sync/core'
import { type ClerkObjects, clerkJsonOf, type EntityName } from '../clerk-object.ts'
import { type DeepPartial, merge } from '../merge.ts'
import type { Json } from '../objects/json.ts'
import { idOf } from '../random.ts'
import { notFound } from './answer.ts'
import type { Collection } from './collection.ts'
import type { WebhookFate } from './webhooks.ts'
import { entryOf } from './world.ts'

export interface ChangeOptions {
  /** What becomes of the change's message; as the server's `webhooks` says, unless given. */
  readonly webhook?: WebhookFate
}

/** Changes what the instance has, as its users and its Dashboard do. Each change sends its message. */
export interface Changes<Data> {
  /** How many there are. */
  readonly count: number
  ids(): string[]
  /** As the Backend API has it; undefined where it is not there. */
  get(id: string): Data | undefined
  /** Resolves when the message was delivered, if it is delivered at once. */
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

/** Between a snapshot and its envelope, in ms. */
const ENVELOPE_LAG_MS = 18

export class EntityChanges<Name extends EntityName> implements Changes<ClerkObjects[Name]> {
  readonly entity: Name
  readonly collection: Collection
  readonly #surroundings: Surroundings
  readonly #cascade: (id: string) => void
  #changes = 0

  /** @param cascade - removes what goes with one that is deleted: without messages, as in Clerk */
  constructor(
    entity: Name,
    collection: Collection,
    surroundings: Surroundings,
    cascade: (id: string) => void = () => {},
  ) {
    this.entity = entity
    this.collection = collection
    this.#surroundings = surroundings
    this.#cascade = cascade
  }

  get count(): number {
    return this.collection.all().length
  }

  ids(): string[] {
    return this.collection.all().map(({ id }) => id)
  }

  get(id: string): ClerkObjects[Name] | undefined {
    const entry = this.collection.get(id)
    return entry && (this.collection.json(entry) as object as ClerkObjects[Name])
  }

  async create(overrides: object = {}, options: ChangeOptions = {}): Promise<ClerkObjects[Name]> {
    const now = this.#surroundings.now()
    const { id } = overrides as Json
    const seed = typeof id === 'string' ? id : `${this.#surroundings.seed} ${this.entity} ${++this.#changes}`
    const json = clerkJsonOf(this.entity, overrides, seed, now)
    if (this.collection.get(String(json.id))) throw new Error(`There is already a ${this.entity} ${json.id}.`)
    this.collection.add(entryOf(json))
    return this.#changed('created', String(json.id), options)
  }

  async update(id: string, changes: object, options: ChangeOptions = {}): Promise<ClerkObjects[Name]> {
    const entry = this.collection.get(id)
    if (!entry) throw notFound(this.entity, id)
    const updatedAt = Math.max(this.#surroundings.now(), entry.updatedAt + 1)
    const had = this.collection.json(entry)
    this.collection.replace(entryOf(merge({ ...had, updated_at: updatedAt }, changes, () => undefined) as Json))
    return this.#changed('updated', id, options)
  }

  async delete(id: string, options: ChangeOptions = {}): Promise<void> {
    const entry = this.collection.get(id)
    if (!entry) throw notFound(this.entity, id)
    const json = this.collection.json(entry)
    this.collection.remove(id)
    this.#cascade(id)
    const whole = this.entity === 'organizationMembership'
    const data = whole ? json : { object: json.object, id, deleted: true }
    await this.#send('deleted', data, Math.max(this.#surroundings.now(), entry.updatedAt + 1), options)
  }

  hide(id: string): void {
    this.collection.setHidden(id, true)
  }

  show(id: string): void {
    this.collection.setHidden(id, false)
  }

  async #changed(verb: string, id: string, options: ChangeOptions): Promise<ClerkObjects[Name]> {
    const entry = this.collection.get(id)
    if (!entry) throw notFound(this.entity, id)
    const json = this.collection.json(entry)
    await this.#send(verb, json, entry.updatedAt, options)
    return json as object as ClerkObjects[Name]
  }

  #send(verb: string, data: Json, at: number, { webhook }: ChangeOptions): Promise<void> {
    const { instanceId, seed } = this.#surroundings
    const type = `${this.entity}.${verb}`
    const id = idOf('msg', `${seed} ${type} ${String(data.id)} ${at}`)
    const event = { id, type, data: structuredClone(data), timestamp: at + ENVELOPE_LAG_MS, instanceId }
    return this.#surroundings.send(event as object as ClerkEvent, webhook)
  }
}

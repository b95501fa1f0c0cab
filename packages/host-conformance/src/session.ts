import { randomBytes } from 'node:crypto'
import { setTimeout as sleep } from 'node:timers/promises'
import type { ClerkEvent } from '@clerk-sync/core'
import { clerkEvent, signedDelivery } from '@clerk-sync/testing'
import { type CaseFailure, expectOutcome, expectThat, isQueued, isRefusal, silence } from './expect.ts'
import type { HostOptions, UserRow } from './options.ts'
import { type Answer, NoAnswer, type Outgoing, send } from './send.ts'

/** What every id begins with that these deliveries create, so that nobody takes the rows for users. */
export const ID_PREFIX = 'user_clerksyncconformance'
/** So that nothing of a run is dated in the future, in ms. */
const BEGAN_AGO_MS = 60_000
/** How long a row is waited for where a worker stores it, in ms, and how often it is read meanwhile. */
const LONGEST_WORK_MS = 10_000
const LOOK_AGAIN_MS = 100
/** A host that has answered none of so many deliveries is sent no more: each may take the 15 s. The first may be slow. */
const SILENT_AFTER = 2
/** Comes after every step of a case. */
const LAST_STEP = 30

/** A message: an event under an id that all its attempts share. */
export interface Message {
  readonly event: ClerkEvent
  readonly user: TestUser
}

interface UserFields {
  readonly email?: string
  readonly firstName?: string
  readonly publicMetadata?: Readonly<Record<string, unknown>>
  readonly privateMetadata?: Readonly<Record<string, unknown>>
}

/** A made-up user, and the messages about them. They name no instance, so none has to be known here. */
export class TestUser {
  readonly id = ID_PREFIX + randomBytes(8).toString('hex')
  readonly email = `${this.id}@example.com`
  readonly #began = Date.now() - BEGAN_AGO_MS

  created(fields: UserFields = {}): Message {
    return this.#snapshot('user.created', 0, fields)
  }

  /** `step` orders the changes, whatever the order they are sent in. */
  updated(step: number, fields: UserFields = {}): Message {
    return this.#snapshot('user.updated', step, fields)
  }

  deleted(step: number): Message {
    return { event: clerkEvent('user.deleted', { id: this.id }, { timestamp: this.#time(step) }), user: this }
  }

  #snapshot(type: 'user.created' | 'user.updated', step: number, fields: UserFields): Message {
    const { email = this.email, firstName = 'Conformance', publicMetadata = {}, privateMetadata = {} } = fields
    const event = clerkEvent(type, {
      id: this.id,
      first_name: firstName,
      email_addresses: [{ email_address: email }],
      public_metadata: publicMetadata,
      private_metadata: privateMetadata,
      created_at: this.#time(0),
      updated_at: this.#time(step),
    })
    return { event, user: this }
  }

  #time(step: number): number {
    return this.#began + step * 1000
  }
}

/** The deliveries to one host, and the users who may still be in its tables. */
export class Session {
  readonly options: HostOptions
  readonly #left = new Set<TestUser>()
  #wasAnyLeft = false
  #hasQueue = false
  /** Once a row has not come in time, the next ones are not waited for as long. */
  #workMs = LONGEST_WORK_MS
  #answers = 0
  #refusals = 0
  #unanswered = 0
  /** Deliveries without an answer, while there is no other. */
  readonly #silence: CaseFailure[] = []

  /** @throws Error when the secret is not valid. */
  constructor(options: HostOptions) {
    this.options = options
    signedDelivery(clerkEvent('user.created'), { secret: options.secret })
  }

  /** Whether the route has answered `queued`: a worker stores what it takes. */
  get hasQueue(): boolean {
    return this.#hasQueue
  }

  /** How many deliveries the library refused, each with a line in the server's log. */
  get refusals(): number {
    return this.#refusals
  }

  /** How many deliveries went out and had no answer. */
  get unanswered(): number {
    return this.#unanswered
  }

  /** Whether nothing is to be expected of the host. */
  get isSilent(): boolean {
    return this.#answers === 0 && this.#silence.length >= SILENT_AFTER
  }

  /** One attempt at a message, signed now; what `change` returns goes over the wire in the place of what was signed. */
  async deliver(
    message: Message,
    change: (attempt: Outgoing) => Partial<Outgoing> = () => ({}),
    sentAt = new Date(),
  ): Promise<Answer> {
    if (this.isSilent) throw this.#silence[0]
    const { url } = this.options
    const attempt = this.#attempt(message, sentAt)
    try {
      const answer = await send(new URL(typeof url === 'string' ? url : url()), { ...attempt, ...change(attempt) })
      this.#answers++
      if (isQueued(answer)) this.#hasQueue = true
      if (isRefusal(answer)) this.#refusals++
      if (answer.status >= 200 && answer.status < 300) this.#leave(message.user)
      return answer
    } catch (error) {
      // Without an answer nobody knows what was stored.
      this.#leave(message.user)
      if (!(error instanceof NoAnswer)) throw error
      if (error.wasSent) this.#unanswered++
      if (this.#answers > 0) throw error
      const failure = silence(error)
      this.#silence.push(failure)
      throw failure
    }
  }

  #leave(user: TestUser): void {
    this.#wasAnyLeft = true
    this.#left.add(user)
  }

  #attempt({ event }: Message, sentAt: Date): Outgoing {
    const { headers, body } = signedDelivery(event, { secret: this.options.secret, timestamp: sentAt.getTime() })
    return { method: 'POST', headers: { ...headers, 'user-agent': 'clerk-sync-conformance' }, body }
  }

  /** Looks at a user's row, where that can be read. */
  async expectRow(user: TestUser, expected: UserRow | undefined, symptom: string): Promise<void> {
    const isRight = (row: UserRow | undefined) => row?.email === expected?.email && row?.deleted === expected?.deleted
    await this.#expectRow(user, isRight, symptom, JSON.stringify(expected) ?? 'none')
  }

  async expectTombstone(user: TestUser, symptom: string): Promise<void> {
    const isRight = (row: UserRow | undefined) => row?.deleted === true && row.email !== user.email
    await this.#expectRow(user, isRight, symptom, 'a tombstone without the e-mail address')
  }

  async #expectRow(
    user: TestUser,
    isRight: (row: UserRow | undefined) => boolean,
    symptom: string,
    expected: string,
  ): Promise<void> {
    const { read } = this.options
    if (!read) return
    const until = Date.now() + this.#workMs
    let row = await read(user.id)
    while (this.#hasQueue && !isRight(row) && Date.now() < until) {
      await sleep(LOOK_AGAIN_MS)
      row = await read(user.id)
    }
    if (isRight(row)) return
    this.#workMs = 0
    const worker = this.#hasQueue ? ` The route has a queue: see that its worker runs, and what it says.` : ''
    expectThat(
      false,
      `${symptom}: the row is ${JSON.stringify(row) ?? 'absent'}, and ${expected} was expected.${worker}`,
    )
  }

  /** Deletes every user who may still be there; fails where there never was one. */
  async leaveNothing(): Promise<void> {
    expectThat(this.#wasAnyLeft, 'Not tried: no user was stored.')
    for (const user of this.#left) {
      expectOutcome(await this.deliver(user.deleted(LAST_STEP)), 'deleted', 'unchanged', 'already_deleted')
      await this.expectTombstone(user, 'A user was not deleted')
      this.#left.delete(user)
    }
  }
}

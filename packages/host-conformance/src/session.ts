import { randomBytes } from 'node:crypto'
import type { ClerkEvent } from '@clerk-sync/core'
import { clerkEvent, signedDelivery } from '@clerk-sync/testing'
import { expectOutcome, expectThat } from './expect.ts'
import type { HostOptions, UserRow } from './options.ts'
import { type Answer, type Outgoing, send } from './send.ts'

/** What every id begins with that these deliveries create, so that nobody takes the rows for users. */
export const ID_PREFIX = 'user_clerksyncconformance'
/** So that nothing of a run is dated in the future, in ms. */
const BEGAN_AGO_MS = 60_000
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

  /** @throws Error when the secret is not valid. */
  constructor(options: HostOptions) {
    this.options = options
    signedDelivery(clerkEvent('user.created'), { secret: options.secret })
  }

  /** One attempt at a message, signed now; what `change` returns goes over the wire in the place of what was signed. */
  async deliver(
    message: Message,
    change: (attempt: Outgoing) => Partial<Outgoing> = () => ({}),
    sentAt = new Date(),
  ): Promise<Answer> {
    const { url } = this.options
    const attempt = this.#attempt(message, sentAt)
    try {
      const answer = await send(new URL(typeof url === 'string' ? url : url()), { ...attempt, ...change(attempt) })
      if (answer.status >= 200 && answer.status < 300) this.#left.add(message.user)
      return answer
    } catch (error) {
      // Without an answer nobody knows what was stored.
      this.#left.add(message.user)
      throw error
    }
  }

  #attempt({ event }: Message, sentAt: Date): Outgoing {
    const { headers, body } = signedDelivery(event, { secret: this.options.secret, timestamp: sentAt.getTime() })
    return { method: 'POST', headers: { ...headers, 'user-agent': 'clerk-sync-conformance' }, body }
  }

  /** Looks at a user's row, where that can be read. */
  async expectRow(user: TestUser, expected: UserRow | undefined, symptom: string): Promise<void> {
    const { read } = this.options
    if (!read) return
    const row = await read(user.id)
    expectThat(
      row?.email === expected?.email && row?.deleted === expected?.deleted,
      `${symptom}: the row is ${JSON.stringify(row) ?? 'absent'}, and ${JSON.stringify(expected) ?? 'none'} was expected.`,
    )
  }

  async expectTombstone(user: TestUser, symptom: string): Promise<void> {
    const { read } = this.options
    if (!read) return
    const row = await read(user.id)
    expectThat(
      row?.deleted === true && row.email !== user.email,
      `${symptom}: the row is ${JSON.stringify(row) ?? 'absent'}, and a tombstone without the e-mail address was expected.`,
    )
  }

  /** Deletes every user who may still be there. */
  async leaveNothing(): Promise<void> {
    for (const user of this.#left) {
      expectOutcome(await this.deliver(user.deleted(LAST_STEP)), 'deleted', 'unchanged', 'already_deleted')
      await this.expectTombstone(user, 'A user was not deleted')
      this.#left.delete(user)
    }
  }
}

import { randomUUID } from 'node:crypto'
import { Webhook } from 'svix'
import { expectOutcome, expectThat } from './expect.ts'
import type { HostOptions, UserRow } from './options.ts'
import { deletedData, envelope, newUserId, type UserFields, userData } from './payloads.ts'
import { type Answer, type Outgoing, send } from './send.ts'

/** Clerk's envelope is dated a little after the snapshot in it, in ms. */
const ENVELOPE_LAG_MS = 20
/** So that nothing of a run is dated in the future, in ms. */
const BEGAN_AGO_MS = 60_000
/** Comes after every step of a case. */
const LAST_STEP = 30

/** A message: what is signed, under an id that all its attempts share. */
export interface Message {
  readonly id: string
  readonly body: string
  readonly user: TestUser
}

/** A made-up user, and the messages about them. */
export class TestUser {
  readonly id = newUserId()
  readonly email = `${this.id}@example.com`
  readonly #began = Date.now() - BEGAN_AGO_MS

  created(fields: Partial<UserFields> = {}): Message {
    return this.#snapshot('user.created', 0, fields)
  }

  /** `step` orders the changes, whatever the order they are sent in. */
  updated(step: number, fields: Partial<UserFields> = {}): Message {
    return this.#snapshot('user.updated', step, fields)
  }

  deleted(step: number): Message {
    return this.#message(envelope('user.deleted', deletedData(this.id), this.#time(step) + ENVELOPE_LAG_MS))
  }

  #snapshot(type: string, step: number, fields: Partial<UserFields>): Message {
    const data = userData({ id: this.id, email: this.email, updatedAt: this.#time(step), ...fields })
    return this.#message(envelope(type, data, this.#time(step) + ENVELOPE_LAG_MS))
  }

  #time(step: number): number {
    return this.#began + step * 1000
  }

  #message(body: string): Message {
    return { id: `msg_${randomUUID()}`, body, user: this }
  }
}

/** The deliveries to one host, and the users who may still be in its tables. */
export class Session {
  readonly options: HostOptions
  readonly #webhook: Webhook
  readonly #left = new Set<TestUser>()

  /** @throws Error when the secret is not valid. */
  constructor(options: HostOptions) {
    this.options = options
    this.#webhook = webhookOf(options.secret)
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

  #attempt({ id, body }: Message, sentAt: Date): Outgoing {
    const headers = {
      'content-type': 'application/json',
      'user-agent': 'clerk-sync-conformance',
      'svix-id': id,
      'svix-timestamp': String(Math.floor(sentAt.getTime() / 1000)),
      'svix-signature': this.#webhook.sign(id, sentAt, body),
    }
    return { method: 'POST', headers, body }
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

function webhookOf(secret: string): Webhook {
  try {
    return new Webhook(secret)
  } catch (cause) {
    throw new Error('The secret is "whsec_" and base64, as the endpoint shows it in the Clerk Dashboard (Webhooks).', {
      cause,
    })
  }
}

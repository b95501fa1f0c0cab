import { type ClerkEvent, type ClerkSync, createClerkSync, type DeliveryLinkOptions } from '@clerk-sync/core'
import type { LinkCandidate, Linking, SyncAdapter } from '@clerk-sync/core/adapter'
import { expectSame, expectThat } from './expect.ts'
import type { LinkingHarness } from './harness.ts'
import type { History, KitEvent } from './history.ts'
import type { KitRows, Stage } from './stage.ts'
import type { Shape } from './tables.ts'

const SHAPE = 'ownKey' satisfies Shape
const TABLE = 'ownKeyUsers'
/** The `score` of a row whose address was proven. */
export const PROVEN = 1
const MOVING = { until: new Date('9999-12-31') }

/** A row of the application's that has no Clerk id. Its `tagline` tells it from all others. */
interface Legacy {
  readonly email: string
  readonly firstName?: string
  readonly score: number
  readonly tagline: string
}

interface Opened {
  readonly adapter: SyncAdapter
  readonly linking: Linking
}

/** The rows that were there before, and the adapter that links them. */
export class LegacyRows {
  constructor(
    readonly stage: Stage,
    private readonly harness: LinkingHarness,
  ) {}

  async insert(given: Partial<Legacy> & { readonly deletedAt?: Date } = {}): Promise<Legacy> {
    const tagline = this.stage.fresh('before')
    const row = { email: `${tagline}@example.com`, score: PROVEN, tagline, ...given }
    await this.stage.harness.insert(TABLE, { ...row })
    return row
  }

  /** Its own key, its Clerk id, and what else is in it. */
  async stored({ tagline }: Legacy) {
    const rows = await this.harness.read([tagline])
    expectSame(rows.length, 1, 'how often a row is there that was there once')
    const [{ id, clerkId, email, firstName, score } = {}] = rows
    return { id, clerkId, email, firstName, score }
  }

  /** What is in the row of a user. */
  ofUser(history: History) {
    return this.stage.row(TABLE, history.key)
  }

  async opened(): Promise<Opened> {
    const { adapter } = await this.stage.process(SHAPE)
    const { linking } = adapter
    expectThat(linking !== undefined, 'the harness has linking, and the adapter has none')
    return { adapter, linking }
  }

  history(): History {
    return this.stage.history(SHAPE)
  }

  /** The library without linking. */
  async sync(onDelete = this.stage.modes[0]): Promise<ClerkSync> {
    return this.stage.sync(await this.stage.process(SHAPE), { onDelete })
  }

  /** The library while people move. */
  async moving(
    link: DeliveryLinkOptions<Pick<Legacy, 'email'>> = {
      by: 'email',
      proven: (row) => Number(Reflect.get(row, 'score')) === PROVEN,
      ...MOVING,
    },
    index = 0,
  ): Promise<ClerkSync> {
    const process = await this.stage.process(SHAPE, index)
    const adapter = process.adapter as SyncAdapter<KitRows, unknown, unknown, { user: Pick<Legacy, 'email'> }>
    return createClerkSync({ adapter, onDelete: this.stage.modes[0], link, logger: false }) as ClerkSync
  }

  /** The same, where each user's row is the one that has this value. */
  movingBy(column: 'email', value: string): Promise<ClerkSync> {
    return this.moving({ by: () => value, column, ...MOVING })
  }

  /** The row as the adapter gives it to be linked. */
  async seen({ email }: Legacy): Promise<LinkCandidate> {
    const { linking } = await this.opened()
    const found = await linking.find({ entity: 'user', column: 'email', values: [email], ignoreCase: false })
    const [row, ...others] = found.filter(({ value }) => value === email)
    expectThat(row !== undefined && others.length === 0, 'a row was not found by what it holds')
    return row
  }

  /** Gives a row an id, or takes it away: whether it has it now, by what the adapter says. */
  async set(seen: LinkCandidate, to: string | null = this.stage.fresh('user')): Promise<boolean> {
    const { linking } = await this.opened()
    return linking.set({ entity: 'user', column: 'email', seen, to })
  }
}

/** The first event of a user who has proven this address. */
export function signUp(history: History, email: string): ClerkEvent {
  return verified(history.created({ at: 1 }, { email }))
}

/** Clerk says of the address that its user has proven it. */
export function verified({ event }: KitEvent): ClerkEvent {
  const addresses = Reflect.get(event.data, 'email_addresses') as readonly object[]
  const verification = { status: 'verified', strategy: 'email_code' }
  const data = { ...event.data, email_addresses: addresses.map((address) => ({ ...address, verification })) }
  return { ...event, data } as ClerkEvent
}

import type { Delivery } from './deliveries.ts'

/** One way of handling a delivery. */
export interface Contender {
  /** What the names of its tables begin with. */
  readonly id: string
  readonly name: string
  /** Where the versions are, if not in columns of its users. */
  readonly versions?: 'beside'
  handle(delivery: Delivery): Promise<void>
  /** Which hand-written handler does the same, if not the first of the group: one with the insert of the hook. */
  readonly against?: string
  /** The same where no two deliveries share a statement. */
  handleEach?(delivery: Delivery): Promise<void>
}

/** What goes through one ORM. The hand-written handler comes first, and the others are measured against it. */
export interface Group {
  readonly orm: string
  readonly contenders: readonly [Contender, ...Contender[]]
}

/** The raw driver's contender that does as little as can be: everybody is measured against it. */
export const FLOOR = 'floor'

/** A database with everybody on it, each with tables of its own. */
export interface Arena {
  readonly database: string
  readonly groups: readonly Group[]
  /** How many users a contender has created and then updated, by what the database says: everybody must do the work. */
  stored(contender: Contender): Promise<number>
  close(): Promise<void>
}

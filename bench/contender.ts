import type { Delivery } from './deliveries.ts'

/** One way of handling a delivery, and the name that the tables give it. */
export interface Contender {
  readonly id: 'guide' | 'ours' | 'prepared' | 'hook' | 'unprepared' | 'floor'
  readonly name: string
  handle(delivery: Delivery): Promise<void>
}

/** A database with the contenders on it, each with tables of its own. */
export interface Arena {
  readonly database: string
  readonly contenders: readonly Contender[]
  /** What the database says it holds for a contender, to show that everybody did the work. */
  rows(contender: Contender): Promise<number>
  close(): Promise<void>
}

import { ClerkSyncError, chainOf } from '../errors.ts'
import type { Fault } from '../port/database-fault.ts'
import type { EventRef } from '../port/sync-adapter.ts'
import type { DeferredTriggers } from './deferred-triggers.ts'
import { claimIsGone, DROPPED, transactionAborted } from './hook-errors.ts'
import type { Ledger } from './ledger.ts'
import { type Program, type Row, send } from './program.ts'

/** What makes a hook run once: its message is claimed first, and the claim looked at before the commit. */
export interface Claims {
  claim(event: EventRef, at: Date, deferred?: DeferredTriggers): Program<boolean>
  confirm(event: EventRef): Program<void>
  forget(event: EventRef, at: Date): Program<void>
}

export function claimsOf(ledger: () => Ledger, faultOf: (error: unknown) => Fault | undefined): Claims {
  /** False where the message is in the ledger. That no row came back does not say so: a trigger may have dropped it. */
  function* claim(event: EventRef, at: Date, deferred?: DeferredTriggers): Program<boolean> {
    const statement = ledger().claim(event, at)
    let refusal: unknown
    try {
      const { rows } = yield* send(statement)
      if (rows[0]?.clerk_deferrable === true) deferred?.expect()
      if (!statement.returnsRows || String(rows[0]?.claimed).trimEnd() === event.id) return true
    } catch (error) {
      if (statement.returnsRows || faultOf(error) !== 'unique_conflict') throw error
      refusal = error
    }
    const { rows } = yield* send(ledger().find(event))
    if (isEntered(rows, event)) return false
    // A collation that ignores case takes another message for this one, whose hook must not be left out in silence.
    if (rows.length > 0 && refusal) throw refusal
    throw new ClerkSyncError('store_failed', `${ledger().table.name} does not have the message. ${DROPPED}`, {
      cause: refusal,
    })
  }

  /** A hook may catch what the database threw: then the transaction is lost, and its commit would not say so. */
  function* confirm(event: EventRef): Program<void> {
    let found: readonly Row[]
    try {
      found = (yield* send(ledger().find(event))).rows
    } catch (error) {
      throw faultOf(error) === 'aborted' ? transactionAborted(error) : error
    }
    if (!isEntered(found, event)) throw claimIsGone(ledger().table)
  }

  /**
   * Before the rollback of a hook that failed. Where something has committed its transaction, as DDL does on MySQL, the
   * rollback does not reach the claim, and the event would pass for processed. Where a deadlock has rolled back already,
   * the claim may be another delivery's by now, which has another time.
   */
  function* forget(event: EventRef, at: Date): Program<void> {
    try {
      yield* send(ledger().forget(event, at))
    } catch {
      // A transaction that has failed takes no statement, and keeps nothing. The hook's error is the one to report.
    }
  }

  return { claim, confirm, forget }
}

/** Compares the bytes, where a collation may ignore case. A column of fixed width pads. */
export function isEntered(rows: readonly Row[], event: Pick<EventRef, 'id'>): boolean {
  return rows.some(({ event_id }) => String(event_id).trimEnd() === event.id)
}

/** Ends a transaction that is to be run again. */
export class RowAppeared extends Error {
  override readonly name = 'RowAppeared'
}

/** ORMs wrap what a transaction throws. */
export function isRowAppeared(error: unknown): boolean {
  return [...chainOf(error)].some((link) => link instanceof RowAppeared)
}

const moments = new Set<number>()
/** Two processes that try a message in the same millisecond are told apart by how far each goes back, at random. */
const SPREAD_MS = 1_000

/** Runs each attempt with a time that no other one has meanwhile: its claim is known by it. */
export function withOwnMoment<T>(attempt: (at: Date) => Promise<T>): () => Promise<T> {
  return async () => {
    let moment = Date.now() - Math.floor(Math.random() * SPREAD_MS)
    while (moments.has(moment)) moment++
    moments.add(moment)
    try {
      return await attempt(new Date(moment))
    } finally {
      moments.delete(moment)
    }
  }
}

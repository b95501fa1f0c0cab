import type { ClerkEvent } from '@clerk-sync/core'
import { type Handler, nameOf, type Rows } from './handlers.ts'

/** Numbers from 0 to 1, the same for the same seed: mulberry32. */
export function randomOf(seed: number): () => number {
  let state = seed
  return () => {
    state = (state + 0x6d2b79f5) | 0
    let mixed = Math.imul(state ^ (state >>> 15), state | 1)
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61)
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32
  }
}

/** The history as it may arrive: shuffled, and two of its messages twice. */
export function arriving(history: readonly ClerkEvent[], seed: number): ClerkEvent[] {
  const random = randomOf(seed)
  const order = [...history]
  for (let twice = 0; twice < 2; twice++) order.push(history[Math.floor(random() * history.length)]!)
  for (let n = order.length - 1; n > 0; n--) {
    const other = Math.floor(random() * (n + 1))
    ;[order[n], order[other]] = [order[other]!, order[n]!]
  }
  return order
}

/** What the table must show in the end. */
export function truthOf(history: readonly ClerkEvent[]): Rows {
  const rows = new Map<string, string>()
  for (const { type, data } of history) {
    if (type === 'user.deleted') rows.delete(String(data.id))
    else rows.set(String(data.id), nameOf(data as Parameters<typeof nameOf>[0]))
  }
  return rows
}

export function sameRows(one: Rows, other: Rows): boolean {
  return one.size === other.size && [...one].every(([id, name]) => other.get(id) === name)
}

/** How many of so many orders end with wrong rows. */
export async function countWrong(
  history: readonly ClerkEvent[],
  orders: number,
  make: () => Handler | Promise<Handler>,
): Promise<number> {
  const truth = truthOf(history)
  let wrong = 0
  for (let seed = 1; seed <= orders; seed++) {
    const handler = await make()
    for (const event of arriving(history, seed)) await handler.deliver(event)
    if (!sameRows(handler.rows(), truth)) wrong++
  }
  return wrong
}

import type { Change } from './port/sync-adapter.ts'

/** Events to a call of the adapter. A call has the time of one delivery, and where that ends, all of its events come again. */
const MOST_AT_ONCE = 500
/** Of those that a call writes one after another, each in statements of its own: deletes, and users with parts. */
const MOST_ALONE = 20

/** The events of each call of the adapter. */
export function callsOf<I extends { readonly change: Change }>(items: readonly I[]): readonly (readonly I[])[] {
  const calls: I[][] = []
  let call: I[] = []
  let alone = 0
  for (const item of items) {
    if (isWrittenAlone(item.change)) alone++
    if (calls.length === 0 || call.length === MOST_AT_ONCE || alone > MOST_ALONE) {
      call = []
      calls.push(call)
      alone = isWrittenAlone(item.change) ? 1 : 0
    }
    call.push(item)
  }
  return calls
}

function isWrittenAlone(change: Change): boolean {
  return change.kind === 'delete' || change.parts !== undefined
}

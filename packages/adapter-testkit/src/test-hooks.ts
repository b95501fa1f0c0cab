import { LONGEST_WAIT_MS } from '@clerk-sync/core/adapter'
import { eventually } from './deliver.ts'
import { expectThat } from './expect.ts'
import type { Hook, Stage } from './stage.ts'

/** A hook that writes and then waits until it is let go. A synchronous driver's cannot wait. */
export function gated(stage: Stage, then: () => unknown = () => undefined) {
  let entered = false
  let open = () => {}
  const opened = new Promise<void>((resolve) => {
    open = resolve
  })
  const hook: Hook = (call) =>
    stage.inOrder(
      () => stage.welcome(call),
      () => {
        entered = true
        return stage.synchronous ? undefined : opened
      },
      then,
    )
  /** Waits until the hook runs, or its delivery has ended without. */
  const hookEntered = async (delivery: Promise<unknown>): Promise<void> => {
    let ended = false
    const end = () => {
      ended = true
    }
    delivery.then(end, end)
    expectThat(await eventually(() => entered || ended, LONGEST_WAIT_MS), 'a hook was not called within 10 s')
  }
  return { hook, open: () => open(), entered: hookEntered }
}

/** A hook that writes and then throws. */
export function throwing(stage: Stage): Hook {
  return (call) =>
    stage.inOrder(
      () => stage.welcome(call),
      () => {
        throw new Error('the hook throws after writing')
      },
    )
}

/** Has the database refuse a statement, and says nothing of it. */
export function swallow(stage: Stage, tx: unknown): unknown {
  const { harness, synchronous } = stage
  if (!synchronous) return Promise.resolve(harness.failingStatement(tx)).catch(() => undefined)
  try {
    return harness.failingStatement(tx)
  } catch {
    return undefined
  }
}

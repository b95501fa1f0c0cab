import { ClerkSyncError } from '../errors.ts'
import { databaseFault, type Fault } from '../port/database-fault.ts'
import type { DialectName } from './dialects/dialect.ts'
import { transactionCommandIn } from './ends-transaction.ts'

/** What a driver's error means, where the database's own codes do not show it. */
type FaultOf = (error: unknown) => Fault | undefined

/**
 * What a hook sends, one statement after another. One that would end the transaction is not sent: what follows it would
 * commit by itself, and once more when the event is sent again. On MySQL a deadlock does the same, since it rolls the
 * whole transaction back and the connection goes on. So nothing follows, from a hook that catches the error or from a
 * query that was sent beside.
 */
export class HookStatements {
  readonly #dialect: DialectName
  readonly #faultOf: FaultOf
  #last: Promise<unknown> = Promise.resolve()
  /** What all that follows is refused with. */
  #refusal: (() => ClerkSyncError) | undefined
  /** Why nothing may be kept, whatever a hook makes of the error. */
  #failure: ClerkSyncError | undefined

  constructor(dialect: DialectName, faultOf: FaultOf = () => undefined) {
    this.#dialect = dialect
    this.#faultOf = faultOf
  }

  send<T>(text: unknown, run: () => PromiseLike<T>): Promise<T> {
    const sent = this.#last.then(async () => {
      this.before(text)
      try {
        return await run()
      } catch (error) {
        this.failed(error)
        throw error
      }
    })
    this.#last = sent.catch(() => {})
    return sent
  }

  /** @throws ClerkSyncError `hook_failed` for a statement that may not be sent. */
  before(text: unknown): void {
    if (this.#refusal) throw this.#refusal()
    const command = transactionCommandIn(String(text), this.#dialect)
    if (command === undefined) return
    this.#failure ??= endsTransaction(command)
    const failure = this.#failure
    this.#refusal = () => failure
    throw failure
  }

  failed(error: unknown): void {
    if (this.#dialect !== 'mysql' || (this.#faultOf(error) ?? databaseFault(error)) !== 'transient') return
    this.#failure ??= rolledBack(error)
    const failure = this.#failure
    this.#refusal ??= () => failure
  }

  /** After a hook that did not throw: it may have caught the error. */
  check(): void {
    if (this.#failure) throw this.#failure
  }

  end(): void {
    // Made when it is thrown: to say where an error comes from takes longer than most of what a delivery does.
    this.#refusal ??= ended
  }
}

function ended(): ClerkSyncError {
  return new ClerkSyncError('hook_failed', 'The transaction has ended: the hook must await all that it does.')
}

/** After a deadlock or a lock that was not had in time, whose error a hook has caught. */
function rolledBack(cause: unknown): ClerkSyncError {
  return new ClerkSyncError(
    'store_failed',
    'A deadlock, or a lock that was not had in time, may have rolled the transaction back, and the hook went on: what it ' +
      'wrote afterwards would be committed by itself. Nothing was kept. Let errors of the database out of the hook.',
    { cause },
  )
}

function endsTransaction(command: string): ClerkSyncError {
  return new ClerkSyncError(
    'hook_failed',
    `The hook tried to begin or end the transaction that it is in (${command.slice(0, 40)}), which belongs to the event: ` +
      'claim, row and hook are committed together. It was not sent, and nothing was kept. Leave begin, commit and ' +
      'rollback out of the hook; to roll back, throw.',
  )
}

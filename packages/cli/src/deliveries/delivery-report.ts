import { CommandError, codeOf, describeError } from '../errors.ts'
import type { Output } from '../output.ts'
import { type Answer, type Attempt, explain, isDone, saidBy, send } from './send.ts'
import type { Endpoint } from './settings.ts'

/** Sends deliveries, prints each answer, and counts them. */
export class DeliveryReport {
  readonly #output: Output
  readonly #explained = new Set<string>()
  readonly outcomes: Record<string, number> = {}
  sent = 0
  failed = 0
  #error: { readonly code: string; readonly message: string } | undefined

  constructor(output: Output) {
    this.#output = output
  }

  /** One delivery, to its end whatever interrupts the command. False where nobody answers, so that no more are sent. */
  async send(type: string, id: string, attempt: Attempt, endpoint: Endpoint): Promise<boolean> {
    try {
      this.#add(type, id, await send(attempt, endpoint))
      return true
    } catch (error) {
      if (!(error instanceof CommandError)) throw error
      this.#error = { code: codeOf(error), message: describeError(error) }
      this.#count('no answer', true)
      this.#output.note(`error: ${this.#error.message}`)
      return false
    }
  }

  #count(key: string, isFailure: boolean): void {
    this.outcomes[key] = (this.outcomes[key] ?? 0) + 1
    this.sent++
    if (isFailure) this.failed++
  }

  #add(type: string, id: string, answer: Answer): void {
    const said = saidBy(answer) ?? '(not an answer of clerk-sync)'
    this.#count(isDone(answer) ? said : `${answer.status} ${said}`, !isDone(answer))
    this.#output.line(`${answer.status} ${said}  ${type} ${id}  ${answer.ms} ms`.replaceAll('  ', ' '))
    const why = explain(answer)
    if (why === undefined || this.#explained.has(why)) return
    this.#explained.add(why)
    this.#output.note(`      ${why}`)
  }

  get outcome() {
    const { sent, failed, outcomes } = this
    return { ok: failed === 0 && sent > 0, sent, failed, outcomes, ...(this.#error && { error: this.#error }) }
  }
}

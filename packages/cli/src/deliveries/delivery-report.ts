import type { Output } from '../output.ts'
import { type Answer, explain, isDone, saidBy } from './send.ts'

/** Prints each answer, and counts them. */
export class DeliveryReport {
  readonly #output: Output
  readonly #explained = new Set<string>()
  readonly outcomes: Record<string, number> = {}
  sent = 0
  failed = 0

  constructor(output: Output) {
    this.#output = output
  }

  add(type: string, id: string, answer: Answer): void {
    const said = saidBy(answer) ?? '(not an answer of clerk-sync)'
    const key = isDone(answer) ? said : `${answer.status} ${said}`
    this.outcomes[key] = (this.outcomes[key] ?? 0) + 1
    this.sent++
    if (!isDone(answer)) this.failed++
    this.#output.line(`${answer.status} ${said}  ${type} ${id}  ${answer.ms} ms`.replaceAll('  ', ' '))
    const why = explain(answer)
    if (why === undefined || this.#explained.has(why)) return
    this.#explained.add(why)
    this.#output.note(`      ${why}`)
  }

  get outcome() {
    const { sent, failed, outcomes } = this
    return { ok: failed === 0 && sent > 0, sent, failed, outcomes }
  }
}

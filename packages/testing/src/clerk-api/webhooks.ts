import type { ClerkEvent } from '@clerk-sync/core'
import type { Random } from '../random.ts'
import { type SignedDelivery, signedDelivery } from '../signed-delivery.ts'

/**
 * What becomes of a change's message: delivered at once; delivered twice at the same time; kept until
 * `deliverWaiting`; lost.
 */
export type WebhookFate = 'once' | 'twice' | 'late' | 'never'

export interface WebhookDelivery extends SignedDelivery {
  readonly event: ClerkEvent
}

export interface WebhookOptions {
  /** Where to deliver to. */
  readonly webhookUrl?: string | (() => string)
  /** Takes deliveries in the place of a URL. An attempt failed where it throws, or gives a `status` that is not 2xx. */
  readonly onWebhook?: (delivery: WebhookDelivery) => unknown
  /** The endpoint's, `whsec_…`. One is made up, unless said. */
  readonly signingSecret?: string
  /** What becomes of each message, unless the change says. Default `once`. */
  readonly webhooks?: WebhookFate | ((event: ClerkEvent) => WebhookFate)
}

export interface WebhookAttempt {
  readonly event: ClerkEvent
  /** What the endpoint answered; null where it did not. */
  readonly status: number | null
  readonly error?: unknown
}

/** The messages of an instance, and what has become of them. */
export interface ClerkApiWebhooks {
  /** Of every change, in the order of the changes, delivered or not. */
  readonly events: readonly ClerkEvent[]
  /** Every attempt that was answered, or failed, in that order. */
  readonly attempts: readonly WebhookAttempt[]
  /** Messages that are late, and those whose attempt failed: Svix sends them again. */
  readonly waiting: readonly ClerkEvent[]
  /**
   * One more attempt at each waiting message, one after another.
   *
   * @param options - `shuffled`: in an order that the server's seed determines
   */
  deliverWaiting(options?: { readonly shuffled?: boolean }): Promise<void>
  /** Resolves when no attempt is underway: after a change that was made through the API. */
  idle(): Promise<void>
}

export class Webhooks implements ClerkApiWebhooks {
  readonly signingSecret: string
  readonly events: ClerkEvent[] = []
  readonly attempts: WebhookAttempt[] = []
  readonly #options: WebhookOptions
  readonly #random: Random
  readonly #underway = new Set<Promise<void>>()
  #waiting: ClerkEvent[] = []

  constructor(options: WebhookOptions, random: Random) {
    this.#options = options
    this.#random = random
    const { signingSecret = `whsec_${Buffer.from(random.text(24)).toString('base64')}` } = options
    this.signingSecret = signingSecret
  }

  get waiting(): readonly ClerkEvent[] {
    return this.#waiting
  }

  /** Resolves when the attempts are answered. */
  async send(event: ClerkEvent, fate = this.#fateOf(event)): Promise<void> {
    this.events.push(event)
    if (fate === 'late') this.#waiting.push(event)
    if (fate === 'once') await this.#attempt(event)
    if (fate === 'twice') await Promise.all([this.#attempt(event), this.#attempt(event)])
  }

  async deliverWaiting({ shuffled = false }: { readonly shuffled?: boolean } = {}): Promise<void> {
    const waiting = this.#waiting
    this.#waiting = []
    for (const event of shuffled ? this.#random.shuffled(waiting) : waiting) await this.#attempt(event)
  }

  #fateOf(event: ClerkEvent): WebhookFate {
    const { webhooks = 'once' } = this.#options
    return typeof webhooks === 'function' ? webhooks(event) : webhooks
  }

  async idle(): Promise<void> {
    while (this.#underway.size > 0) await Promise.all(this.#underway)
  }

  async #attempt(event: ClerkEvent): Promise<void> {
    const attempt = this.#try(event)
    this.#underway.add(attempt)
    await attempt
    this.#underway.delete(attempt)
  }

  async #try(event: ClerkEvent): Promise<void> {
    const { webhookUrl, onWebhook } = this.#options
    if (webhookUrl === undefined && !onWebhook) return
    const attempt = await this.#answer(event).then(
      (status) => ({ event, status }),
      (error: unknown) => ({ event, status: null, error }),
    )
    this.attempts.push(attempt)
    const accepted = attempt.status !== null && attempt.status >= 200 && attempt.status < 300
    if (!accepted && !this.#waiting.includes(event)) this.#waiting.push(event)
  }

  async #answer(event: ClerkEvent): Promise<number> {
    const { webhookUrl, onWebhook } = this.#options
    const delivery = signedDelivery(event, { secret: this.signingSecret })
    if (onWebhook) return statusOf(await onWebhook({ event, ...delivery }))
    const url = typeof webhookUrl === 'function' ? webhookUrl() : String(webhookUrl)
    const { headers, body } = delivery
    const response = await fetch(url, { method: 'POST', headers, body, redirect: 'manual' })
    await response.arrayBuffer()
    return response.status
  }
}

function statusOf(answer: unknown): number {
  const { status } = { status: 200, ...(typeof answer === 'object' ? answer : {}) }
  return answer instanceof Response ? answer.status : status
}

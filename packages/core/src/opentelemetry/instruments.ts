import type { Meter } from '@opentelemetry/api'
import { type DeliveryFacts, lagOf, meterFacts, typeFacts } from './facts.ts'

/** Up to the time after which a delivery is given up. */
const DURATIONS = [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 15]
/** Between the attempts of Svix, which come after 5 s, 5 min, 35 min, 2.6 h, 7.6 h, 17.6 h and 27.6 h. */
const LAGS = [0.1, 0.25, 0.5, 1, 2.5, 10, 60, 600, 3_600, 14_400, 43_200, 86_400, 259_200]

/** The metrics. Their names and units are what dashboards and alerts are built on. */
export class Instruments {
  readonly #deliveries
  readonly #duration
  readonly #lag
  readonly #lastAccepted

  constructor(meter: Meter) {
    this.#deliveries = meter.createCounter('clerk_sync.deliveries', {
      description: 'Deliveries, by operation, event type, outcome and error.',
      unit: '{delivery}',
    })
    this.#duration = meter.createHistogram('clerk_sync.delivery.duration', {
      description: 'How long a delivery took, or a list of applyMany.',
      unit: 's',
      advice: { explicitBucketBoundaries: DURATIONS },
    })
    this.#lag = meter.createHistogram('clerk_sync.delivery.lag', {
      description: "How old the event was when it was done with or refused: this clock less Clerk's.",
      unit: 's',
      advice: { explicitBucketBoundaries: LAGS },
    })
    this.#lastAccepted = meter.createGauge('clerk_sync.delivery.last_accepted', {
      description: 'When a delivery was last accepted, in seconds since 1970.',
      unit: 's',
    })
  }

  delivery(operation: string, facts: DeliveryFacts): void {
    const { event, outcome } = facts
    const attributes = meterFacts(operation, facts)
    const lag = lagOf(event)
    this.#deliveries.add(1, { ...attributes, ...typeFacts(event) })
    if (lag !== undefined) this.#lag.record(lag, attributes)
    if (outcome !== 'failed') this.#lastAccepted.record(Date.now() / 1000, { 'messaging.operation.name': operation })
  }

  duration(operation: string, began: number, facts: DeliveryFacts): void {
    this.#duration.record((performance.now() - began) / 1000, meterFacts(operation, facts))
  }
}

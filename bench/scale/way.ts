import type { Delivery } from '../deliveries.ts'

/** A way to store deliveries. */
export interface Way {
  readonly name: string
  store(deliveries: readonly Delivery[]): Promise<void>
  /** One delivery, where they come one by one. */
  readonly receive?: (delivery: Delivery) => Promise<void>
}

/** What an event costs in one way of storing it. */
export interface Cost {
  readonly name: string
  readonly perSecond: number
  readonly clientMicroseconds: number
  readonly serverMicroseconds: number | undefined
  readonly walBytes: number
  readonly latencies: readonly Latency[]
}

/** Of arrivals at random, in ms. */
export interface Latency {
  readonly rate: number
  readonly p50: number
  readonly p99: number
}

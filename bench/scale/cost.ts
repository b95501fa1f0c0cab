/** What an event costs in one way of storing it. */
export interface Cost {
  readonly name: string
  readonly perSecond: number
  readonly clientMicroseconds: number
  readonly serverMicroseconds: number | undefined
  readonly walBytes: number
}

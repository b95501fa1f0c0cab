/** Runs a function in a transaction, which ends with what it gives. */
export type Transaction<Tx> = <T>(run: (tx: Tx) => Promise<T>) => Promise<T>

/** What is used of Drizzle's sessions. */
export interface Session<Tx> {
  readonly client: unknown
  readonly transaction: Transaction<Tx>
}

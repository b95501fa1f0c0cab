import { SeenIds } from './seen-ids.ts'

/** Which users match a row, by the value that they match by: a row that two of them match is nobody's. */
export class LinkClaims {
  readonly #values = new SeenIds()
  readonly #claims = new SeenIds()
  readonly #contested = new SeenIds()

  /** Of each user once. */
  add(id: string, value: string): void {
    if (!this.#values.add(value)) this.#contested.add(value)
    this.#claims.add(claimOf(id, value))
  }

  /** Whether another user matches the row as well; `id` may be of one who signed up after all were read. */
  isContested(id: string, value: string): boolean {
    return this.#contested.has(value) || (this.#values.has(value) && !this.#claims.has(claimOf(id, value)))
  }
}

function claimOf(id: string, value: string): string {
  return `${id} ${value}`
}

import { Random } from '../random.ts'

/** One of Clerk's objects as it is on the wire. */
export type Json = Record<string, unknown>

/** What an object is made from. The same, the same object. */
export interface Origin {
  readonly seed: string
  /** Its `created_at`, in ms since 1970. */
  readonly at: number
  /** Its `updated_at`; `at`, unless said. */
  readonly updatedAt?: number
  /** Where many are made that must differ in a value of few digits. */
  readonly n?: number
}

export function times({ at, updatedAt = at }: Origin): { created_at: number; updated_at: number } {
  return { created_at: at, updated_at: updatedAt }
}

export function imageUrl(id: string): string {
  return `https://img.clerk.com/${new Random(`image ${id}`).text(40)}`
}

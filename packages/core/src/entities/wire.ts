// Reading what is on the wire, where Clerk's types promise more than its deliveries keep.

/** Every field may be absent. */
export type Wire<T> = { readonly [K in keyof T]?: T[K] | null }

export type Metadata = Record<string, unknown>

const LATEST_DATE_MS = 8.64e15

export function metadata(value: unknown): Metadata | null {
  return typeof value === 'object' && value !== null ? (value as Metadata) : null
}

/** Of milliseconds since 1970; null where they are none. */
export function date(milliseconds: number | null | undefined): Date | null {
  return typeof milliseconds === 'number' && Math.abs(milliseconds) <= LATEST_DATE_MS ? new Date(milliseconds) : null
}

/** The times of a sample. */
export const SAMPLE_TIME_MS = 1_767_225_600_000
export const sampleTimes = { created_at: SAMPLE_TIME_MS, updated_at: SAMPLE_TIME_MS }

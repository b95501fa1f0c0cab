const RESERVED = ['id', 'clerkId', 'clerkVersion', 'deletedAt'] as const

export type ReservedColumn = (typeof RESERVED)[number]

/** Columns that a map never fills: the key, the sync columns, and an `id` of the application's own beside `clerkId`. */
export const RESERVED_COLUMNS: ReadonlySet<string> = new Set(RESERVED)

import type { Stage } from '../stage.ts'

/** Registers one test. */
export type It = (name: string, body: () => Promise<void>, timeoutMs?: number) => void

/** One chapter of the suite. */
export type Section = (stage: Stage, it: It) => void

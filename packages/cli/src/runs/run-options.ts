import { type ClerkApiLimits, type ListedEntity, listedEntities, type RunOptions } from '@clerk-sync/core/clerk-api'
import { type Command, Option } from 'commander'
import type { ModuleOptions } from '../application/load-application.ts'
import type { Context } from '../command.ts'
import { UsageError } from '../errors.ts'
import { wholeNumber } from '../whole-number.ts'
import { showProgress } from './progress.ts'

/** Tables, as the adapters name them. */
export const ENTITIES: Readonly<Record<string, ListedEntity>> = Object.fromEntries(
  listedEntities.map(({ table, entity }) => [table, entity]),
)

export interface RunFlags extends ModuleOptions {
  readonly tables?: readonly string[]
  readonly limit?: number
}

/** The options that backfill and reconcile share. */
export const withRun = (command: Command) =>
  command
    .addOption(
      new Option('--tables <names...>', 'which tables; default: all that clerkSync has').choices(Object.keys(ENTITIES)),
    )
    .option(
      '--limit <n>',
      'requests in 10 s at most; default: 300, and 30 of a development instance',
      wholeNumber('--limit'),
    )

/** What a run is asked for. `end` puts the terminal in order. */
export function runOptions(
  { tables, limit }: RunFlags,
  { output, signal }: Context,
): { readonly options: RunOptions; end(): void } {
  needSecretKey()
  const progress = showProgress(output)
  const limits: ClerkApiLimits | undefined = limit === undefined ? undefined : { requestsPer10s: limit }
  const options: RunOptions = {
    signal,
    onProgress: progress.add,
    ...(limits && { limits }),
    ...(tables && { entities: tables.flatMap((table) => ENTITIES[table] ?? []) }),
  }
  return { options, end: progress.end }
}

/** @throws UsageError where there is no key to ask Clerk with. */
export function needSecretKey(): void {
  if (process.env.CLERK_SECRET_KEY) return
  throw new UsageError('CLERK_SECRET_KEY is not set. Copy it from the Clerk Dashboard (API keys).')
}

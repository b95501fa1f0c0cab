import {
  type CallOptions,
  type DeadLetter,
  type DeadLetterFilter,
  type DeadLetterStore,
  snakeCase,
} from '@clerk-sync/core/adapter'
import type { LedgerTable, LettersTable } from '@clerk-sync/core/sql'
import { isBoolean } from './answers.ts'
import type { Call, Client } from './client.ts'
import { select } from './select.ts'

type FoundLetter = Pick<DeadLetter, 'id' | 'payload'>

/** Dead letters through the functions of the migration. */
export function lettersOver(
  client: Client,
  call: Call,
  { name: letters }: LettersTable,
  ledger: LedgerTable | undefined,
  signalOf: (options?: CallOptions) => AbortSignal,
): DeadLetterStore {
  const drop = async (id: string, options?: CallOptions): Promise<void> => {
    await call('clerk_sync_drop_letter', { letters, message: id }, isBoolean, signalOf(options))
  }
  const isEntered = async (id: string): Promise<boolean> =>
    ledger !== undefined &&
    (await select(client, ledger.name, (rows) => rows.eq('id', id))).some((event) => event.id === id)

  return {
    async park(letter, { most, since }, options) {
      const args = { letters, letter: letterRow(letter), most, since }
      const parked = await call('clerk_sync_park', args, isParked, signalOf(options))
      // In a request of its own, after the letter is committed: whoever enters the message later sees the letter.
      if (parked === 'full' || !(await isEntered(letter.id))) return parked
      await drop(letter.id, options)
      return 'duplicate'
    },
    find: (filter, most, options) =>
      call(
        'clerk_sync_find_letters',
        { letters, filter: sentFilter(filter), most: most ?? null },
        areLetters,
        signalOf(options),
      ),
    drop,
  }
}

function letterRow(letter: DeadLetter): Readonly<Record<string, unknown>> {
  return Object.fromEntries(Object.entries(letter).map(([property, value]) => [snakeCase(property), value]))
}

function sentFilter(filter: DeadLetterFilter): object {
  return filter === 'all' ? {} : filter
}

function isParked(data: unknown): data is 'parked' | 'full' {
  return data === 'parked' || data === 'full'
}

function areLetters(data: unknown): data is readonly FoundLetter[] {
  return Array.isArray(data) && data.every((one) => typeof one?.id === 'string' && typeof one.payload === 'string')
}

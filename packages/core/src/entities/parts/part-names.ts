import type { Entity } from '../all-entities.ts'

/**
 * What a user has many of, as `map` names one, and the option of an adapter that takes its table. Apart from the
 * definitions, which adapters do without.
 */
export const PART_TABLES = {
  emailAddress: 'emailAddresses',
  phoneNumber: 'phoneNumbers',
  externalAccount: 'externalAccounts',
  web3Wallet: 'web3Wallets',
} as const

/** What a user has many of, as `map` names one: `emailAddress`. */
export type Part = keyof typeof PART_TABLES

/** The option of an adapter that takes a table of parts: `emailAddresses` for `emailAddress`. */
export type PartTableName<P extends Part = Part> = (typeof PART_TABLES)[P]

export const PART_NAMES = Object.keys(PART_TABLES) as readonly Part[]

/** Which part's rows a table of this name holds. */
export const PART_OF = Object.fromEntries(PART_NAMES.map((part) => [PART_TABLES[part], part])) as {
  readonly [P in Part as PartTableName<P>]: P
}

/** Whose they are. */
export const OWNER_OF = {
  emailAddress: 'user',
  phoneNumber: 'user',
  externalAccount: 'user',
  web3Wallet: 'user',
} as const satisfies Readonly<Record<Part, Entity>>

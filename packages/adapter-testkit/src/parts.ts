// Node reads this file as it is, before a build: see entities.ts.
import type { Part } from '@clerk-sync/core'
import type { KitColumn } from './kit-column.ts'
import { clerkId, json, text } from './kit-entity.ts'

/** What a user's snapshot says of one part. */
export interface PartFacts {
  /** Its Clerk id. */
  readonly id: string
  readonly text: string
  readonly verified: boolean
  readonly primary: boolean
}

/** All that the suite knows of a kind of part: its row in the tests' tables. */
interface KitPart {
  readonly table: string
  readonly columns: Readonly<Record<string, KitColumn>>
  /** The fields of the user's snapshot that have the list, and the id of the primary one. */
  readonly list: string
  readonly primary?: string
  /** What Clerk sends beside the id and the verification, as far as the library reads it. */
  data(facts: PartFacts): object
  /** What is written into the columns. */
  values(facts: PartFacts): Readonly<Record<string, unknown>>
}

const flag = { kind: 'boolean', notNull: true, default: false } as const

export const PARTS = {
  emailAddress: {
    table: 'emailAddresses',
    columns: { emailAddress: text, verified: flag, verificationStrategy: text, isPrimary: flag },
    list: 'email_addresses',
    primary: 'primary_email_address_id',
    data: ({ text }) => ({ email_address: text }),
    values: ({ text, verified, primary }) => ({
      emailAddress: text,
      verified,
      verificationStrategy: 'kit',
      isPrimary: primary,
    }),
  },
  phoneNumber: {
    table: 'phoneNumbers',
    columns: { phoneNumber: text, isPrimary: flag, reservedForSecondFactor: flag },
    list: 'phone_numbers',
    primary: 'primary_phone_number_id',
    data: ({ text, verified }) => ({ phone_number: text, reserved_for_second_factor: verified }),
    values: ({ text, verified, primary }) => ({
      phoneNumber: text,
      isPrimary: primary,
      reservedForSecondFactor: verified,
    }),
  },
  externalAccount: {
    table: 'externalAccounts',
    columns: { provider: text, username: text, identificationId: clerkId, publicMetadata: json },
    list: 'external_accounts',
    data: ({ id, text }) => ({
      provider: 'oauth_google',
      username: text,
      identification_id: id,
      public_metadata: { text },
    }),
    values: ({ id, text }) => ({
      provider: 'oauth_google',
      username: text,
      identificationId: id,
      publicMetadata: { text },
    }),
  },
  web3Wallet: {
    table: 'web3Wallets',
    columns: { web3Wallet: text, verified: flag },
    list: 'web3_wallets',
    primary: 'primary_web3_wallet_id',
    data: ({ text }) => ({ web3_wallet: text }),
    values: ({ text, verified }) => ({ web3Wallet: text, verified }),
  },
} as const satisfies Readonly<Record<Part, KitPart>>

export const PART_NAMES = Object.keys(PARTS) as readonly Part[]

/** The parts of a user, by their kind. */
export type PartLists = { readonly [P in Part]?: readonly PartFacts[] }

/** What a user's snapshot has of its parts: every list, as Clerk sends them. */
export function partData(lists: PartLists): object {
  const fields = PART_NAMES.flatMap((part): [string, unknown][] => {
    const { list, primary, data }: KitPart = PARTS[part]
    const own = lists[part] ?? []
    const sent = own.map((facts) => ({
      id: facts.id,
      verification: { status: facts.verified ? 'verified' : 'unverified', strategy: 'kit' },
      linked_to: [],
      ...data(facts),
    }))
    const primaryId = own.find((one) => one.primary)?.id ?? null
    return [[list, sent], ...(primary === undefined ? [] : [[primary, primaryId] as [string, unknown]])]
  })
  return Object.fromEntries(fields)
}

import { user as users } from '../entities/user.ts'
import type { LinkCandidate } from '../port/linking.ts'
import type { LinkedUser, LinkRules } from './link-options.ts'

/** What a user is looked for by. */
export interface Wanted {
  readonly id: string
  /** What one row must have, as it is compared. */
  readonly values: readonly string[]
  /** Addresses that Clerk has not verified: a row with one is reported. */
  readonly unverified: readonly string[]
}

/**
 * - `several_rows`: more than one row matches
 * - `several_users`: more than one user matches the row
 * - `address_unverified`: the user has the row's address, and has not verified it
 * - `row_unproven`: the row has the user's address, and `proven` says that it is not proven
 * - `row_taken`: the row has another Clerk id
 * - `user_has_row`: a row matches, and the user has another one already
 * - `row_changed`: the row was changed while it was looked at
 */
export type LinkClash =
  | 'several_rows'
  | 'several_users'
  | 'address_unverified'
  | 'row_unproven'
  | 'row_taken'
  | 'user_has_row'
  | 'row_changed'

export type Match = (
  | { readonly is: 'match'; readonly row: LinkCandidate }
  | { readonly is: 'clash'; readonly why: LinkClash }
  | { readonly is: 'none' }
) & {
  /** The rows without a Clerk id that have a value of the user's, whether one of them is given or not. */
  readonly waiting: readonly LinkCandidate[]
}

/** @param json - as Clerk sends it, in an event or a list */
export function wantedOf(json: object, rules: LinkRules): Wanted {
  const user = json as LinkedUser
  const { by, adminVerified } = rules
  const { id } = user
  if (by !== 'email') {
    const value = by === 'external_id' ? user.external_id : by(withoutOwnWords(json), users.toRecord(json as never))
    const isGiven = value !== null && value !== undefined && value !== ''
    return { id, values: isGiven ? [String(value)] : [], unverified: [] }
  }
  const values = new Set<string>()
  const unverified = new Set<string>()
  for (const { email_address: address, verification } of user.email_addresses ?? []) {
    const isVerified = verification?.status === 'verified' && (adminVerified || verification.strategy !== 'admin')
    const compared = comparedAddress(address)
    if (compared !== undefined) (isVerified ? values : unverified).add(compared)
  }
  return { id, values: [...values], unverified: [...unverified] }
}

function withoutOwnWords(json: object): LinkedUser {
  const { unsafe_metadata: _, ...user } = json as LinkedUser & { readonly unsafe_metadata?: unknown }
  return user
}

/**
 * An address as it is compared: in lower case. Undefined for one with a character outside of ASCII whose small letter is
 * inside, as the Kelvin sign's is k: to a mail server, that is another mailbox.
 */
export function comparedAddress(address: unknown): string | undefined {
  if (typeof address !== 'string' || address === '') return undefined
  const changesItsKind = [...address].some((character) => character > '\x7f' && character.toLowerCase() < '\x7f')
  return changesItsKind ? undefined : address.toLowerCase()
}

/** Which of the rows that a database found is the user's, by our own comparison. Never a guess. */
export function matchOf(wanted: Wanted, found: readonly LinkCandidate[], rules: LinkRules): Match {
  const has = (values: readonly string[]) => {
    const all = new Set<string | undefined>(values)
    return found.filter(({ value }) => all.has(comparedValue(value, rules)))
  }
  const same = has(wanted.values)
  // Asked of rows that have an id as well: what it cannot be asked of shows also once all are linked.
  const isProven = new Set(same.filter((one) => rules.proven(one.row) === true))
  const matching = same.filter(({ key }) => key === null)
  const unverified = has(wanted.unverified).filter(({ key }) => key === null)
  const waiting = [...new Set([...matching, ...unverified])]
  const [row, ...others] = matching.filter((one) => isProven.has(one))
  if (row) return others.length > 0 ? { is: 'clash', why: 'several_rows', waiting } : { is: 'match', row, waiting }
  if (matching.length > 0) return { is: 'clash', why: 'row_unproven', waiting }
  if (unverified.length > 0) return { is: 'clash', why: 'address_unverified', waiting }
  // None of these waits for an id by now.
  const isTaken = same.some(({ key }) => key !== wanted.id)
  return isTaken ? { is: 'clash', why: 'row_taken', waiting } : { is: 'none', waiting }
}

/** A value of a row as it is compared with those of users; undefined for one that no user has. */
export function comparedValue(value: string, { by }: Pick<LinkRules, 'by'>): string | undefined {
  return by === 'email' ? comparedAddress(value) : value
}

/** Why a user was not linked, and what to do, for an error's message. */
export function explainClash(why: LinkClash, { column }: LinkRules): string {
  return {
    several_rows: `several rows without a Clerk id match by ${column}: leave one of them, or link them by hand`,
    several_users: `several users match one row by ${column}: let the function tell them apart, or link it by hand`,
    address_unverified: `a row without a Clerk id has an address that the user has not verified in Clerk, and stays as it is`,
    row_unproven: `a row without a Clerk id has the user's ${column}, and link.proven says that nobody has proven it`,
    row_taken: `the row with the user's ${column} has another user's Clerk id`,
    user_has_row: `the user has a row already, and the one that matches by ${column} is left over`,
    row_changed: `the row that matches by ${column} was changed meanwhile: run it again`,
  }[why]
}

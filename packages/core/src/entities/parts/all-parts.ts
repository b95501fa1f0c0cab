import { ClerkSyncError } from '../../errors.ts'
import { isClerkId } from '../../port/clerk-id.ts'
import type { PartDefinition } from './define-part.ts'
import { emailAddress } from './email-address.ts'
import { externalAccount } from './external-account.ts'
import { PART_TABLES, type Part } from './part-names.ts'
import { phoneNumber } from './phone-number.ts'
import { web3Wallet } from './web3-wallet.ts'

const parts = { emailAddress, phoneNumber, externalAccount, web3Wallet } as const satisfies Readonly<
  Record<Part, unknown>
>

type PartsByName = typeof parts

/** Per part: what Clerk sends of one, with whose it is, and the record made from it. */
export type PartTypes = {
  [P in Part]: PartsByName[P] extends PartDefinition<string, infer Json, infer Fields>
    ? { json: Parameters<PartDefinition<string, Json, Fields>['toRecord']>[0]; record: Fields }
    : never
}

export function partDefinitionOf(part: Part): PartDefinition {
  return parts[part] as PartDefinition
}

/** One of an owner's parts: what Clerk sends, its id, and whose it is. */
export interface PartSnapshot {
  readonly id: string
  readonly user_id: string
  readonly is_primary: boolean | null
}

/**
 * The parts of one kind in their owner's snapshot; none where it has no such list. Of two with the same id, the first. The
 * primary one is last, and written last: where a unique index allows one, the one before it has given that up by then.
 *
 * @throws ClerkSyncError `payload_invalid` for what is no list, and a part without an id.
 */
export function partsIn(part: Part, owner: { readonly id: string }): readonly PartSnapshot[] {
  const { list, primary } = partDefinitionOf(part)
  const given: unknown = Reflect.get(owner, list) ?? []
  const primaryId: unknown = primary && Reflect.get(owner, primary)
  if (!Array.isArray(given))
    throw invalid(`data.${list} must be a list, of which ${PART_TABLES[part]} has the entries.`)
  const found = new Map<string, PartSnapshot>()
  for (const entry of given as readonly unknown[]) {
    const id: unknown = typeof entry === 'object' && entry !== null ? Reflect.get(entry, 'id') : undefined
    if (!isClerkId(id)) throw invalid(`Each entry of data.${list} must have an id of printable ASCII characters.`)
    const isPrimary = primary === null ? null : id === primaryId
    if (!found.has(id))
      found.set(id, { ...(entry as object), id, user_id: owner.id, is_primary: isPrimary } as PartSnapshot)
  }
  return [...found.values()].sort((one, other) => Number(one.is_primary) - Number(other.is_primary))
}

function invalid(what: string): ClerkSyncError {
  return new ClerkSyncError('payload_invalid', `The user is not of the shape that Clerk documents. ${what}`)
}

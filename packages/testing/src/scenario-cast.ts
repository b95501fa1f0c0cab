import type { ClerkEvent } from '@clerk-sync/core'
import { clerkEvent, ENVELOPE_LAG_MS } from './clerk-event.ts'
import type { Json } from './objects/json.ts'
import { publicUserDataOf } from './objects/organization-membership.ts'
import { emailOf, userId } from './objects/user.ts'
import { idOf } from './random.ts'

/** Who takes part, and what happens to them when: in minutes since it began. */
export class Cast {
  readonly #seed: string
  readonly #began: number
  readonly #instanceId: string | undefined
  /** When each user was created. */
  readonly #born = new Map<string, number>()

  constructor(seed: string, began: number, instanceId: string | undefined) {
    this.#seed = seed
    this.#began = began
    this.#instanceId = instanceId
  }

  id(who: string): string {
    return userId(this.#of(who))
  }

  email(who: string): string {
    return emailOf(this.#of(who))
  }

  created(who: string, minute: number, data: Json = {}) {
    this.#born.set(who, this.#at(minute) - ENVELOPE_LAG_MS)
    return clerkEvent('user.created', data, this.#options(who, minute))
  }

  updated(who: string, minute: number, data: Json = {}) {
    return clerkEvent('user.updated', { created_at: this.#born.get(who), ...data }, this.#options(who, minute))
  }

  deleted(who: string, minute: number) {
    return clerkEvent('user.deleted', {}, this.#options(who, minute))
  }

  session(who: string, minute: number): ClerkEvent {
    return clerkEvent('session.created', {}, this.#options(who, minute))
  }

  organization(who: string, minute: number) {
    return clerkEvent('organization.created', {}, this.#options(who, minute))
  }

  organizationDeleted(who: string, minute: number) {
    return clerkEvent('organization.deleted', {}, this.#options(who, minute))
  }

  /** Of a user and an organization as their events have them. Who joins again has another membership. */
  member(
    verb: 'created' | 'updated' | 'deleted',
    { data: user }: ClerkEvent<'user.created' | 'user.updated'>,
    { data: organization }: ClerkEvent<'organization.created'>,
    minute: number,
    { time = 1, ...data }: Json & { readonly time?: number } = {},
  ): ClerkEvent {
    const id = idOf('orgmem', `${user.id} in ${organization.id} ${time}`)
    const belongs = { id, organization, public_user_data: publicUserDataOf({ ...user }) }
    return clerkEvent(`organizationMembership.${verb}`, { ...belongs, ...data }, this.#options(id, minute))
  }

  invitation(verb: 'created' | 'accepted', who: string, of: string, minute: number): ClerkEvent {
    const accepted = verb === 'accepted' ? { user_id: this.id(who) } : {}
    const data = { organization_id: idOf('org', this.#of(of)), email_address: this.email(who), ...accepted }
    return clerkEvent(`organizationInvitation.${verb}`, data, this.#options(who, minute))
  }

  #of(who: string): string {
    return `${this.#seed} ${who}`
  }

  #at(minute: number): number {
    return this.#began + minute * 60_000
  }

  #options(who: string, minute: number) {
    const instance = this.#instanceId === undefined ? {} : { instanceId: this.#instanceId }
    return { seed: this.#of(who), timestamp: this.#at(minute), ...instance }
  }
}

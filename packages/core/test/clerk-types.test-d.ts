import type { ClerkEvent } from '@clerk-sync/core'
import { expectTypeOf } from 'vitest'
import type { OrganizationJSON, OrganizationMembershipJSON, UserJSON, WebhookEvent } from './fixtures/clerk-types.ts'

// What Clerk's types have, ours have, and the other way around: after a new version, scripts/clerk-types.mjs.
type Theirs<Type extends string> = WebhookEvent extends infer Member
  ? Member extends { type: infer Types; data: infer Data }
    ? Type extends Types
      ? Data
      : never
    : never
  : never
type Ours<Type extends ClerkEvent['type']> = ClerkEvent<Type>['data']

expectTypeOf<Exclude<ClerkEvent['type'], 'session.pending'>>().toEqualTypeOf<WebhookEvent['type']>()
for (const data of [] as Theirs<WebhookEvent['type']>[]) {
  expectTypeOf(data).toExtend<Ours<WebhookEvent['type']>>()
}
for (const data of [] as Ours<WebhookEvent['type']>[]) expectTypeOf(data).toExtend<Theirs<WebhookEvent['type']>>()
expectTypeOf<keyof Ours<'user.created'>>().toEqualTypeOf<keyof UserJSON>()
expectTypeOf<keyof Ours<'organization.created'>>().toEqualTypeOf<keyof OrganizationJSON>()
expectTypeOf<keyof Ours<'organizationMembership.created'>>().toEqualTypeOf<keyof OrganizationMembershipJSON>()

import { idOf } from '../random.ts'
import { type Json, type Origin, times } from './json.ts'
import { makeOrganization } from './organization.ts'
import { primaryOf } from './primary.ts'
import { makeUser } from './user.ts'

/** Of the user and the organization of the same seed. */
export function makeOrganizationMembership(origin: Origin): Json {
  const { seed } = origin
  return {
    object: 'organization_membership',
    id: idOf('orgmem', seed),
    role: 'org:member',
    role_name: 'Member',
    permissions: ['org:sys_memberships:read'],
    public_metadata: {},
    private_metadata: {},
    organization: makeOrganization({ seed, at: origin.at }),
    public_user_data: publicUserDataOf(makeUser({ seed, at: origin.at })),
    ...times(origin),
  }
}

export function publicUserDataOf(user: Json): Json {
  return {
    user_id: user.id,
    identifier: primaryOf(user, 'email_address') ?? primaryOf(user, 'phone_number') ?? user.username ?? user.id,
    first_name: user.first_name,
    last_name: user.last_name,
    image_url: user.image_url,
    profile_image_url: user.image_url,
    has_image: user.has_image,
  }
}

import { idOf } from '../random.ts'
import { imageUrl, type Json, type Origin, times } from './json.ts'
import { makeOrganization } from './organization.ts'
import { emailOf, nameOf, userId } from './user.ts'

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
    public_user_data: makePublicUserData(seed),
    ...times(origin),
  }
}

export function makePublicUserData(seed: string): Json {
  const { firstName, lastName } = nameOf(seed)
  const id = userId(seed)
  return {
    user_id: id,
    identifier: emailOf(seed),
    first_name: firstName,
    last_name: lastName,
    image_url: imageUrl(id),
    profile_image_url: imageUrl(id),
    has_image: false,
  }
}

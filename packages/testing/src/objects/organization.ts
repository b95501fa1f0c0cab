import { idOf, Random } from '../random.ts'
import { imageUrl, type Json, type Origin, times } from './json.ts'
import { COMPANIES } from './names.ts'
import { userId } from './user.ts'

export function organizationId(seed: string): string {
  return idOf('org', seed)
}

/** Created by the user of the same seed. */
export function makeOrganization(origin: Origin): Json {
  const { seed } = origin
  const id = organizationId(seed)
  const random = new Random(`company ${seed}`)
  const name = random.pick(COMPANIES)
  return {
    object: 'organization',
    id,
    name,
    slug: `${name} ${random.text(10)}`.toLowerCase().replaceAll(' ', '-'),
    image_url: imageUrl(id),
    has_image: false,
    members_count: 1,
    pending_invitations_count: 0,
    max_allowed_memberships: 5,
    admin_delete_enabled: true,
    missing_member_with_elevated_permissions: false,
    created_by: userId(seed),
    public_metadata: {},
    private_metadata: {},
    ...times(origin),
  }
}

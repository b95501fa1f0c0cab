import type { ExternalAccountJSON } from '../clerk-types.gen.ts'
import { userSample } from '../user.ts'
import { type Metadata, metadata, type Wire } from '../wire.ts'
import { definePart, type PartJson } from './define-part.ts'

/** One of a user's accounts with OAuth providers: an entry of `external_accounts`. */
export interface ExternalAccountRecord {
  /** `eac_…`, or `idn_…` in older payloads. */
  readonly id: string
  readonly userId: string
  /** As Clerk names it: `oauth_google`. */
  readonly provider: string | null
  /** The account's id with the provider. */
  readonly providerUserId: string | null
  /** `idn_…`, by which e-mail addresses are linked to it. */
  readonly identificationId: string | null
  /** What the provider says the user's address is; null where it says none. */
  readonly emailAddress: string | null
  readonly username: string | null
  readonly firstName: string | null
  readonly lastName: string | null
  readonly imageUrl: string | null
  /** The scopes that the user has granted, with blanks in between. */
  readonly approvedScopes: string | null
  readonly publicMetadata: Metadata | null
  /** Whether the status of its `verification` is `verified`. */
  readonly verified: boolean
}

const [sample] = userSample.external_accounts as [(typeof userSample.external_accounts)[number]]
const full = {
  ...sample,
  identification_id: 'idn_external',
  approved_scopes: 'email profile',
  image_url: 'https://img.clerk.com/sample',
  user_id: userSample.id,
  is_primary: null,
}

export const externalAccount = definePart({
  name: 'externalAccount',
  list: 'external_accounts',
  primary: null,
  toRecord: externalAccountRecord,
  samples: {
    full,
    sparse: {
      ...full,
      email_address: '',
      username: null,
      first_name: '',
      last_name: '',
      image_url: '',
      verification: null,
    },
  },
})

function externalAccountRecord(json: PartJson<ExternalAccountJSON>): ExternalAccountRecord {
  const { id, user_id, ...wire } = json as Wire<ExternalAccountJSON> & PartJson<ExternalAccountJSON>
  return {
    id,
    userId: user_id,
    provider: wire.provider || null,
    providerUserId: wire.provider_user_id || null,
    identificationId: wire.identification_id || null,
    emailAddress: wire.email_address || null,
    username: wire.username || null,
    firstName: wire.first_name || null,
    lastName: wire.last_name || null,
    imageUrl: wire.image_url || null,
    approvedScopes: wire.approved_scopes || null,
    publicMetadata: metadata(wire.public_metadata),
    verified: wire.verification?.status === 'verified',
  }
}

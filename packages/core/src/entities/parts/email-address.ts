import type { EmailAddressJSON } from '../clerk-types.gen.ts'
import { userSample } from '../user.ts'
import type { Wire } from '../wire.ts'
import { definePart, type PartJson } from './define-part.ts'

/** One of a user's e-mail addresses: an entry of `email_addresses`. */
export interface EmailAddressRecord {
  /** `idn_…` */
  readonly id: string
  readonly userId: string
  /** `email_address` */
  readonly emailAddress: string | null
  /** Whether the status of its `verification` is `verified`. */
  readonly verified: boolean
  /** How it was verified, as Clerk names it: `email_code`, `from_oauth_google`, `admin` and so on. */
  readonly verificationStrategy: string | null
  /** Whether it is the user's `primary_email_address_id`. */
  readonly isPrimary: boolean
}

const [sample] = userSample.email_addresses as [(typeof userSample.email_addresses)[number]]
const full = { ...sample, user_id: userSample.id, is_primary: true }

export const emailAddress = definePart({
  name: 'emailAddress',
  list: 'email_addresses',
  primary: 'primary_email_address_id',
  toRecord: emailAddressRecord,
  samples: { full, sparse: { ...full, verification: null, is_primary: false } },
})

function emailAddressRecord(json: PartJson<EmailAddressJSON>): EmailAddressRecord {
  const { id, user_id, is_primary, ...wire } = json as Wire<EmailAddressJSON> & PartJson<EmailAddressJSON>
  return {
    id,
    userId: user_id,
    emailAddress: wire.email_address || null,
    verified: wire.verification?.status === 'verified',
    verificationStrategy: wire.verification?.strategy || null,
    isPrimary: is_primary === true,
  }
}

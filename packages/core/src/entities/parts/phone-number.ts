import type { PhoneNumberJSON } from '../clerk-types.gen.ts'
import { userSample } from '../user.ts'
import type { Wire } from '../wire.ts'
import { definePart, type PartJson } from './define-part.ts'

/** One of a user's phone numbers: an entry of `phone_numbers`. */
export interface PhoneNumberRecord {
  /** `idn_…` */
  readonly id: string
  readonly userId: string
  /** `phone_number`, in the form of E.164: `+15555550100`. */
  readonly phoneNumber: string | null
  /** Whether the status of its `verification` is `verified`. */
  readonly verified: boolean
  /** How it was verified, as Clerk names it: `phone_code`, `admin` and so on. */
  readonly verificationStrategy: string | null
  /** Whether it is the user's `primary_phone_number_id`. */
  readonly isPrimary: boolean
  /** Whether it serves as a second factor: `reserved_for_second_factor`. */
  readonly reservedForSecondFactor: boolean
  /** Whether it is the second factor that is asked for first: `default_second_factor`. */
  readonly defaultSecondFactor: boolean
}

const [sample] = userSample.phone_numbers as [(typeof userSample.phone_numbers)[number]]
const full = { ...sample, user_id: userSample.id, is_primary: true }

export const phoneNumber = definePart({
  name: 'phoneNumber',
  list: 'phone_numbers',
  primary: 'primary_phone_number_id',
  toRecord: phoneNumberRecord,
  samples: { full, sparse: { ...full, verification: null, is_primary: false } },
})

function phoneNumberRecord(json: PartJson<PhoneNumberJSON>): PhoneNumberRecord {
  const { id, user_id, is_primary, ...wire } = json as Wire<PhoneNumberJSON> & PartJson<PhoneNumberJSON>
  return {
    id,
    userId: user_id,
    phoneNumber: wire.phone_number || null,
    verified: wire.verification?.status === 'verified',
    verificationStrategy: wire.verification?.strategy || null,
    isPrimary: is_primary === true,
    reservedForSecondFactor: wire.reserved_for_second_factor ?? false,
    defaultSecondFactor: wire.default_second_factor ?? false,
  }
}

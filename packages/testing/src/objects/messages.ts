import { idOf, Random } from '../random.ts'
import { type Json, type Origin, times } from './json.ts'
import { emailOf, makeEmailAddress, makePhoneNumber, userId } from './user.ts'

/** A code that is sent to the user of the same seed. */
export function makeEmail(origin: Origin): Json {
  const { seed } = origin
  const code = codeOf(seed)
  return {
    object: 'email',
    id: idOf('ema', seed),
    slug: 'verification_code',
    from_email_name: 'notifications',
    to_email_address: emailOf(seed),
    email_address_id: makeEmailAddress(origin, 0).id,
    user_id: userId(seed),
    subject: `${code} is your verification code`,
    body: `<!DOCTYPE html><html><body><p>Enter this code when prompted:</p><p><b>${code}</b></p></body></html>`,
    body_plain: `${code} is your verification code.\n`,
    status: 'queued',
    data: {
      otp_code: code,
      requested_by: 'Chrome, OS X',
      app: { name: 'Example', url: 'https://accounts.example.com', domain_name: 'example.com' },
    },
    delivered_by_clerk: true,
    ...times(origin),
  }
}

export function makeSms(origin: Origin): Json {
  const { seed } = origin
  const phone = makePhoneNumber(origin, 0)
  return {
    object: 'sms_message',
    id: idOf('sms', seed),
    slug: 'verification_code',
    from_phone_number: '+15555550100',
    to_phone_number: phone.phone_number,
    phone_number_id: phone.id,
    user_id: userId(seed),
    message: `${codeOf(seed)} is your verification code.`,
    status: 'queued',
    data: { otp_code: codeOf(seed) },
    delivered_by_clerk: true,
    ...times(origin),
  }
}

function codeOf(seed: string): string {
  return String(new Random(`code ${seed}`).below(1_000_000)).padStart(6, '0')
}

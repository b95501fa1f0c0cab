import type { Happened } from '@/queries/activity'

/** A role as people read it. Its name comes with an event of its own; until then its key says it. */
export function roleLabel(name: string | null | undefined, key: string): string {
  return name ?? key.replace(/^org:/, '')
}

export function personName({ fullName, email }: { fullName: string | null; email: string | null }): string {
  return fullName ?? email ?? 'Somebody without a name'
}

export function day(date: Date): string {
  return new Intl.DateTimeFormat('en-GB', { dateStyle: 'medium', timeZone: 'UTC' }).format(date)
}

const UNITS = [
  ['day', 86_400_000],
  ['hour', 3_600_000],
  ['minute', 60_000],
] as const

/** `5 minutes ago`; the day, where it is longer ago than a week. */
export function ago(date: Date, now = Date.now()): string {
  const passed = now - date.getTime()
  if (passed > 7 * 86_400_000) return day(date)
  const [unit, length] = UNITS.find(([, length]) => passed >= length) ?? []
  if (!unit) return 'just now'
  return new Intl.RelativeTimeFormat('en', { numeric: 'auto' }).format(-Math.floor(passed / length), unit)
}

/** What a plan costs: an amount is in the currency's minor unit, which is a hundredth of some and a whole of others. */
export function price(amount: number | null, currency: string | null, period: string | null): string {
  if (amount === null || currency === null) return 'Price unknown'
  if (amount === 0) return 'No charge'
  const format = new Intl.NumberFormat('en', { style: 'currency', currency })
  const { maximumFractionDigits: digits = 2 } = format.resolvedOptions()
  const money = format.format(amount / 10 ** digits)
  if (period === null) return money
  return `${money} per ${period === 'annual' ? 'year' : period}`
}

export function sentence(happened: Happened): string {
  const { kind, kindBefore, value, valueBefore } = happened
  const who = happened.fullName ?? happened.email ?? 'Somebody who is gone'
  const role = roleLabel(happened.roleName, value ?? 'somebody')
  switch (kind) {
    case 'invited':
      return `${who} was invited as ${role}`
    case 'revoked':
      return `The invitation of ${who} was revoked`
    case 'joined':
      return kindBefore === 'left' ? `${who} came back as ${role}` : `${who} joined as ${role}`
    case 'role':
      return valueBefore
        ? `${who} changed from ${roleLabel(happened.roleNameBefore, valueBefore)} to ${role}`
        : `${who} is ${role} now`
    case 'left':
      return `${who} left`
    case 'plan':
      return planSentence(value, kindBefore, valueBefore)
    case 'canceled':
      return `${value ?? 'The plan'} was canceled, and lasts until its period ends`
  }
}

function planSentence(value: string | null, kindBefore: string | null, valueBefore: string | null): string {
  if (kindBefore === null) return `The plan is ${planLabel(value)}`
  if (value === valueBefore) return `${value ?? 'The plan'} goes on`
  return `The plan changed from ${planLabel(valueBefore)} to ${planLabel(value)}`
}

function planLabel(name: string | null): string {
  return name ?? 'one without a name'
}

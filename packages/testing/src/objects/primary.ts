import type { Json } from './json.ts'

/** A user's primary e-mail address or phone number; null without one. */
export function primaryOf(user: Json, kind: 'email_address' | 'phone_number'): string | null {
  const list: unknown = user[kind === 'email_address' ? 'email_addresses' : 'phone_numbers']
  const entries: readonly Json[] = Array.isArray(list) ? list : []
  const value = entries.find(({ id }) => id === user[`primary_${kind}_id`])?.[kind]
  return typeof value === 'string' ? value : null
}

/** The values of a list of objects under a key. */
export function valuesIn(object: Json, list: string, key: string): string[] {
  const entries: readonly Json[] = Array.isArray(object[list]) ? object[list] : []
  return entries.flatMap((one) => (typeof one[key] === 'string' ? [one[key]] : []))
}

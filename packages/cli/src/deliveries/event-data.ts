import { UsageError } from '../errors.ts'

export type Json = Record<string, unknown>

/** Where an event of this object names the user it is about. */
const USER_PATHS: Readonly<Record<string, string>> = {
  user: 'id',
  session: 'user_id',
  organization: 'created_by',
  organizationMembership: 'public_user_data.user_id',
  organizationInvitation: 'user_id',
  email: 'user_id',
  sms: 'user_id',
  paymentAttempt: 'payer.user_id',
  subscription: 'payer.user_id',
  subscriptionItem: 'payer.user_id',
}

/** The parts of an event's data that --user and --set name; `data`, where it is given, with these. */
export function dataFrom(type: string, user: string | undefined, sets: readonly string[], data: Json = {}): Json {
  if (user !== undefined) setPath(data, pathOfUser(type), user)
  for (const set of sets) {
    const [, path, value] = /^([^=]+)=(.*)$/s.exec(set) ?? []
    if (path === undefined || value === undefined) {
      throw new UsageError(`--set ${set} has no value: write --set first_name=Ada, or --set public_metadata.plan=pro.`)
    }
    setPath(data, path, parsedValue(value))
  }
  return data
}

function pathOfUser(type: string): string {
  const path = USER_PATHS[type.split('.', 1)[0] ?? '']
  if (path !== undefined) return path
  throw new UsageError(`--user: ${type} is about no user.`)
}

/** JSON where it is JSON, and text else: true, 3, null, {"a":1}, Ada. */
function parsedValue(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return text
  }
}

const FORBIDDEN = ['__proto__', 'prototype', 'constructor']

/** Numbers in a path are places in a list: `email_addresses.0.email_address`. */
function setPath(data: Json, path: string, value: unknown): void {
  const names = path.split('.')
  if (names.some((name) => name === '' || FORBIDDEN.includes(name))) {
    throw new UsageError(`--set ${path}: a path is names with dots between, such as public_metadata.plan.`)
  }
  let at: object = data
  names.slice(0, -1).forEach((name, index) => {
    const inside: unknown = Reflect.get(at, name)
    const next: object = typeof inside === 'object' && inside !== null ? inside : isPlace(names[index + 1]) ? [] : {}
    Reflect.set(at, name, next)
    at = next
  })
  Reflect.set(at, names.at(-1) ?? '', value)
}

const isPlace = (name: string | undefined) => /^\d{1,3}$/.test(name ?? '')

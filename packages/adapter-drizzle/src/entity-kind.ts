import { prop } from '@clerk-sync/core/adapter'
import { entityKind } from 'drizzle-orm'

/** What Drizzle's class of a value calls itself, by which its own `is` knows it as well. */
export function kindOf(value: unknown): string | undefined {
  const maker = prop(value, 'constructor')
  return typeof maker === 'function' ? kindBy(maker) : undefined
}

export function kindBy(maker: object): string | undefined {
  const kind: unknown = Reflect.get(maker, entityKind)
  return typeof kind === 'string' ? kind : undefined
}

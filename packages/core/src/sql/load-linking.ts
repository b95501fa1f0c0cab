import type { Linking } from '../port/linking.ts'
import type { LinkingParts } from './linking.ts'

/** Loaded when the first row is looked for: most applications link none. */
export function loadLinking(parts: LinkingParts): Linking {
  const load = async () => (await import('./linking.ts')).linkingOf(parts)
  return {
    find: async (...search) => (await load()).find(...search),
    set: async (...link) => (await load()).set(...link),
  }
}

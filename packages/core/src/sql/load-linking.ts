import type { Linking } from '../port/linking.ts'
import type { LinkingParts } from './linking.ts'

/** Loaded when the first row is looked for: most applications link none. */
export function loadLinking(parts: LinkingParts): Linking {
  const load = async () => (await import('./linking.ts')).linkingOf(parts)
  const loadUnlinked = async () => (await import('./unlinked.ts')).unlinkedIn(parts)
  return {
    find: async (...search) => (await load()).find(...search),
    set: async (...link) => (await load()).set(...link),
    countUnlinked: async (...of) => (await loadUnlinked()).countUnlinked(...of),
    listUnlinked: async (...search) => (await loadUnlinked()).listUnlinked(...search),
  }
}

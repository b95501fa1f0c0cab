/**
 * FNV-1a, 32 bits: spreads well, needs no library, is the same in every runtime. Not for security.
 *
 * @param basis - another one gives a hash of its own
 */
export function fnv1a(text: string, basis = 0x811c9dc5): number {
  let hash = basis
  for (let index = 0; index < text.length; index++) hash = Math.imul(hash ^ text.charCodeAt(index), 0x01000193)
  return hash >>> 0
}

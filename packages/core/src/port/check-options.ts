import { ClerkSyncError } from '../errors.ts'

/**
 * Refuses options that do not exist: a misspelt one would be left out in silence.
 *
 * @param owner - the function, for the message: `createClerkSync`
 * @param known - the names that it has
 * @param aliases - names that others give them: `{ secret: 'signingSecret' }`
 * @throws ClerkSyncError `config_invalid`, with the name that was probably meant.
 */
export function checkOptions(
  owner: string,
  options: unknown,
  known: readonly string[],
  aliases: Readonly<Record<string, string>> = {},
): void {
  if (typeof options !== 'object' || options === null || Array.isArray(options)) {
    throw new ClerkSyncError('config_invalid', `${owner} takes an object with ${known.join(', ')}.`)
  }
  for (const name of Object.keys(options)) {
    if (known.includes(name)) continue
    const meant = (Object.hasOwn(aliases, name) && aliases[name]) || nearest(name, known)
    throw new ClerkSyncError(
      'config_invalid',
      `${owner} has no option "${name}"${meant ? `: did you mean "${meant}"?` : `. It has ${known.join(', ')}.`}`,
    )
  }
}

/** The name that is at most two letters away, not counting case. */
export function nearest(name: string, known: Iterable<string>): string | undefined {
  let best: { readonly name: string; readonly distance: number } | undefined
  for (const candidate of known) {
    const distance = editDistance(name.toLowerCase(), candidate.toLowerCase())
    if (distance <= Math.min(2, candidate.length / 3) && distance < (best?.distance ?? 3)) {
      best = { name: candidate, distance }
    }
  }
  return best?.name
}

/** Levenshtein's, a row at a time. */
function editDistance(a: string, b: string): number {
  let row = Array.from({ length: b.length + 1 }, (_, column) => column)
  for (let i = 1; i <= a.length; i++) {
    const next = [i]
    for (let j = 1; j <= b.length; j++) {
      const substitute = (row[j - 1] ?? 0) + (a[i - 1] === b[j - 1] ? 0 : 1)
      next.push(Math.min(substitute, (row[j] ?? 0) + 1, (next[j - 1] ?? 0) + 1))
    }
    row = next
  }
  return row[b.length] ?? 0
}

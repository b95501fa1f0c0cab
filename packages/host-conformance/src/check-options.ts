const KNOWN = ['url', 'secret', 'read', 'database', 'base64ContentType', 'repeatedHeaders', 'capabilities']

const ALIASES: Readonly<Record<string, string>> = { signingSecret: 'secret', route: 'url', baseUrl: 'url' }

/**
 * What the compiler refuses, for those who have none. A misspelt option would leave cases out in silence.
 *
 * @throws Error that says what was given and what was meant.
 */
export function checkHostOptions(owner: 'hostConformance' | 'checkHost', options: unknown): void {
  const need: (holds: boolean, message: string) => asserts holds = (holds, message) => {
    if (!holds) throw new Error(`${owner}: ${message}`)
  }
  need(isObject(options), 'it takes an object with url and secret.')
  const known = owner === 'hostConformance' ? ['runner', ...KNOWN] : KNOWN
  for (const name of Object.keys(options)) {
    const meant = ALIASES[name] ?? known.find((one) => one.toLowerCase() === name.toLowerCase())
    need(
      known.includes(name),
      `no option "${name}"${meant ? `: did you mean "${meant}"?` : `. It has ${known.join(', ')}.`}`,
    )
  }
  const { url, secret, read, database, base64ContentType, repeatedHeaders, capabilities, runner } = options
  need(
    typeof url === 'function' || (typeof url === 'string' && /^https?:$/.test(URL.parse(url)?.protocol ?? '')),
    'url must be a web address, or a function that gives one.',
  )
  need(typeof secret === 'string' && secret !== '', 'secret must be the signing secret that the route has, "whsec_…".')
  need(isAbsentOr('function', read), 'read must be a function that gives the row of a user id.')
  need(
    database === undefined ||
      (isObject(database) && [database.away, database.back].every((one) => typeof one === 'function')),
    'database must be { away, back }, two functions.',
  )
  need(isAbsentOr('string', base64ContentType), 'base64ContentType must be a content type: "application/octet-stream".')
  need(isAbsentOr('boolean', repeatedHeaders), 'repeatedHeaders is true, or false (default).')
  need(capabilities === undefined || isObject(capabilities), "capabilities must be an object: { get: 'host' }.")
  for (const [name, value] of Object.entries(capabilities ?? {})) {
    need(['get', 'tooLarge'].includes(name), `no capability "${name}". There are get and tooLarge.`)
    need(value === undefined || value === 'library' || value === 'host', `capabilities.${name} is 'library' or 'host'.`)
  }
  if (owner === 'checkHost') return
  need(
    isObject(runner) && [runner.describe, runner.it].every((one) => typeof one === 'function'),
    "runner must be { describe, it } of vitest, or another test runner's.",
  )
}

function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

function isAbsentOr(type: 'function' | 'string' | 'boolean', value: unknown): boolean {
  return value === undefined || typeof value === type
}

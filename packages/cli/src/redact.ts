const SECRET_VARIABLES = /SECRET|TOKEN|PASSWORD|DATABASE_URL|_KEY$/i

/** Shorter values are words and numbers, and would make the output unreadable. */
const SHORTEST_SECRET = 8

/**
 * Takes secrets out of a text: what looks like a secret of Clerk's, passwords in URLs, and the values of the environment
 * variables that hold secrets. Everything that is printed goes through it, since messages of drivers and frameworks
 * quote what they were given.
 */
export function redact(text: string, env: NodeJS.ProcessEnv = process.env): string {
  let safe = text
    .replace(/\b(sk_(?:live|test)_|whsec_)[A-Za-z0-9+/_=-]{6,}/g, '$1…')
    .replace(/(\b[a-z][a-z0-9+.-]*:\/\/)[^\s/@]+(?=@)/gi, '$1…')
  for (const [name, value = ''] of Object.entries(env)) {
    if (!SECRET_VARIABLES.test(name) || /PUBLISHABLE|PUBLIC_/.test(name)) continue
    for (const secret of [value, ...passwordsOf(value)]) {
      if (secret.length >= SHORTEST_SECRET) safe = safe.replaceAll(secret, '…')
    }
  }
  return safe
}

/** The password of a URL, as it is written there and as it is. */
function passwordsOf(value: string): string[] {
  const password = URL.parse(value)?.password ?? ''
  try {
    return [password, decodeURIComponent(password)]
  } catch {
    return [password]
  }
}

/** How long Clerk may take to answer, in ms. */
const LONGEST_ANSWER_MS = 15_000
const API_VERSION = '2026-05-12'

export interface ClerkAnswer {
  readonly status: number
  readonly body: unknown
  /** By Clerk's clock less this machine's, in ms; undefined where Clerk did not say. */
  readonly skewMs: number | undefined
}

const ATTEMPTS = 3

/** Asks Clerk's Backend API, a path such as `/instance`. Rejects when there is no answer. */
export async function askClerk(path: string, env: NodeJS.ProcessEnv, signal: AbortSignal): Promise<ClerkAnswer> {
  for (let attempt = 1; ; attempt++) {
    try {
      return await ask(path, env, signal)
    } catch (error) {
      signal.throwIfAborted()
      // A connection that was kept may have been closed meanwhile: what fails at once is asked again. A limit of time is not.
      const isLate = error instanceof Error && error.name === 'TimeoutError'
      if (isLate || attempt === ATTEMPTS) throw error
    }
  }
}

async function ask(path: string, env: NodeJS.ProcessEnv, signal: AbortSignal): Promise<ClerkAnswer> {
  // With or without the version, as the runs take it.
  const base = (env.CLERK_API_URL || 'https://api.clerk.com').replace(/(\/v1)?\/*$/, '')
  const sentAt = Date.now()
  const response = await fetch(`${base}/v1${path}`, {
    headers: { authorization: `Bearer ${env.CLERK_SECRET_KEY}`, 'clerk-api-version': API_VERSION },
    redirect: 'error',
    signal: AbortSignal.any([signal, AbortSignal.timeout(LONGEST_ANSWER_MS)]),
  })
  const receivedAt = Date.now()
  const text = await response.text()
  return {
    status: response.status,
    body: parsed(text),
    skewMs: skewOf(response.headers.get('date'), sentAt, receivedAt),
  }
}

const SECOND_MS = 1000

/** The header has whole seconds, and was written somewhere between the two times: zero wherever that fits. */
function skewOf(date: string | null, sentAt: number, receivedAt: number): number | undefined {
  const theirs = Date.parse(date ?? '')
  if (Number.isNaN(theirs)) return undefined
  if (theirs > receivedAt) return theirs - receivedAt
  return theirs + SECOND_MS < sentAt ? theirs + SECOND_MS - sentAt : 0
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}

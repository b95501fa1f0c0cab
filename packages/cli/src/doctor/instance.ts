import { askClerk, type ClerkAnswer } from './ask-clerk.ts'
import { type Finding, findingsOf } from './finding.ts'

const instance = findingsOf('instance')
const clock = findingsOf('clock')

/** What the key is of, and whether this machine's clock agrees with Clerk's. */
export async function checkInstance(
  expected: string | undefined,
  env: NodeJS.ProcessEnv,
  signal: AbortSignal,
): Promise<readonly Finding[]> {
  let answer: ClerkAnswer
  try {
    answer = await askClerk('/instance', env, signal)
  } catch {
    signal.throwIfAborted()
    const fix = 'See that this machine reaches the internet, and that CLERK_API_URL is right where you set it.'
    return [instance.unknown("Clerk's Backend API did not answer.", fix)]
  }
  return [ofInstance(answer, expected), ...ofClock(answer.skewMs)]
}

function ofInstance({ status, body }: ClerkAnswer, expected: string | undefined): Finding {
  if (status === 401 || status === 403) {
    const fix = 'Copy the secret key again from the Clerk Dashboard (API keys): it may have been revoked or cut off.'
    return instance.error(`Clerk refuses CLERK_SECRET_KEY (${status}).`, fix)
  }
  const id: unknown = Reflect.get(Object(body), 'id')
  const type: unknown = Reflect.get(Object(body), 'environment_type')
  if (status !== 200 || typeof id !== 'string') {
    return instance.unknown(
      `Clerk's Backend API answered ${status}${status === 200 ? ' without an instance' : ''}.`,
      'Try again in a minute; see that CLERK_API_URL is right where you set it.',
    )
  }
  if (expected !== undefined && expected !== id) {
    return instance.error(
      `CLERK_SECRET_KEY is of the instance ${id}, and createClerkSync has instanceId ${expected}.`,
      'Give both those of one instance: development and production have different users.',
    )
  }
  const named = `The key is of the instance ${id}${typeof type === 'string' ? ` (${type})` : ''}`
  return instance.ok(
    expected === id
      ? `${named}, as instanceId says.`
      : `${named}. With instanceId: '${id}' in createClerkSync, events of other instances are refused.`,
  )
}

const S = 1000
/** Svix's libraries refuse what is farther off. */
const TOLERANCE_MS = 300 * S
const UNUSUAL_MS = 30 * S

function ofClock(skewMs: number | undefined): readonly Finding[] {
  if (skewMs === undefined) return []
  const seconds = Math.round(Math.abs(skewMs) / S)
  const off = `This machine's clock is ${seconds} s ${skewMs > 0 ? 'behind' : 'ahead of'} Clerk's`
  const fix = 'Let it follow a time server (NTP).'
  if (Math.abs(skewMs) > TOLERANCE_MS) {
    return [
      clock.error(`${off}: where the server runs here, every delivery is answered 400 timestamp_out_of_range.`, fix),
    ]
  }
  if (Math.abs(skewMs) > UNUSUAL_MS) return [clock.warning(`${off}: at 300 s every delivery is refused.`, fix)]
  return [clock.ok("This machine's clock agrees with Clerk's.")]
}

import { ClerkSyncError } from '../errors.ts'
import { checkOptions } from '../port/check-options.ts'
import { prop } from '../port/prop.ts'
import type { ClerkApiLimits, ClerkApiOptions } from './types.ts'

/** The options with their defaults, found to be right. */
export interface ResolvedApi {
  readonly secretKey: string
  /** Without a slash at its end. */
  readonly apiUrl: string
  readonly requestsPer10s: number
  readonly timeoutMs: number
  readonly retries: number
  readonly maxWaitMs: number
  readonly signal: AbortSignal | undefined
}

export const API_OPTIONS = [
  'secretKey',
  'apiUrl',
  'clerkClient',
  'signal',
  'limits',
] as const satisfies readonly (keyof ClerkApiOptions)[]
const LIMITS = [
  'requestsPer10s',
  'timeoutMs',
  'retries',
  'maxWaitMs',
] as const satisfies readonly (keyof ClerkApiLimits)[]

/** Names that others give them. */
export const API_ALIASES = { clerkSecretKey: 'secretKey', apiKey: 'secretKey', url: 'apiUrl', abortSignal: 'signal' }

const CLERKS_OWN = 'https://api.clerk.com'
/** Three tenths of what an instance answers in 10 s: https://clerk.com/docs/guides/how-clerk-works/system-limits */
const OF_PRODUCTION = 300
const OF_DEVELOPMENT = 30

/** @throws ClerkSyncError `config_invalid`, with what to do. */
export function resolveApi(owner: string, options: ClerkApiOptions): ResolvedApi {
  const { signal, limits = {} } = options
  const secretKey = options.secretKey ?? fromEnvironment('CLERK_SECRET_KEY')
  if (typeof secretKey !== 'string' || !/^sk_[!-~]+$/.test(secretKey)) {
    throw invalid(
      `${owner}: ${secretKey ? "the secret key is none of Clerk's, sk_…" : 'there is no secret key'}. Set CLERK_SECRET_KEY, ` +
        'or pass secretKey, from the API keys of your instance in the Clerk Dashboard.' +
        (prop(options, 'clerkClient') === undefined ? '' : ' A client of @clerk/backend does not show its own.'),
    )
  }
  checkOptions(`${owner}.limits`, limits, LIMITS)
  const requestsPer10s = limits.requestsPer10s ?? (secretKey.startsWith('sk_test_') ? OF_DEVELOPMENT : OF_PRODUCTION)
  if (!(Number.isFinite(requestsPer10s) && requestsPer10s > 0)) {
    throw invalid(`${owner}: limits.requestsPer10s must be a number above 0: requests in 10 seconds.`)
  }
  const { timeoutMs = 30_000, retries = 8, maxWaitMs = Number.POSITIVE_INFINITY } = limits
  if (!isWhole(timeoutMs, 1))
    throw invalid(`${owner}: limits.timeoutMs must be a positive whole number of milliseconds.`)
  if (!isWhole(retries, 0)) throw invalid(`${owner}: limits.retries must be a whole number, 0 or more.`)
  if (maxWaitMs !== Number.POSITIVE_INFINITY && !isWhole(maxWaitMs, 0)) {
    throw invalid(`${owner}: limits.maxWaitMs must be a whole number of milliseconds, 0 or more.`)
  }
  if (signal !== undefined && !(signal instanceof AbortSignal))
    throw invalid(`${owner}: signal must be an AbortSignal.`)
  const apiUrl = urlOf(owner, options)
  return { secretKey, apiUrl, requestsPer10s, timeoutMs, retries, maxWaitMs, signal }
}

function urlOf(owner: string, options: ClerkApiOptions): string {
  const given = options.apiUrl ?? fromEnvironment('CLERK_API_URL') ?? CLERKS_OWN
  if (!URL.canParse(given) || !/^https?:$/.test(new URL(given).protocol)) {
    throw invalid(`${owner}: apiUrl (CLERK_API_URL) must be an address such as ${CLERKS_OWN}.`)
  }
  return given.replace(/(\/v1)?\/*$/, '')
}

/** Workers have no environment unless they ask for one. */
function fromEnvironment(name: string): string | undefined {
  return (typeof process === 'undefined' ? undefined : process.env?.[name]) || undefined
}

const isWhole = (value: unknown, least: number) =>
  typeof value === 'number' && Number.isSafeInteger(value) && value >= least && value < 2 ** 31

function invalid(message: string): ClerkSyncError {
  return new ClerkSyncError('config_invalid', message)
}

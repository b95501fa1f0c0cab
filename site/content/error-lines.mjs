// What the log says of each error: the library is made to fail, and tells it. Times and ids do not change from build to
// build, so that pages do not.
import { ClerkSyncError, createClerkSync, ensureUser } from '@clerk-sync/core'
import { memoryAdapter } from '@clerk-sync/core/memory'
import { clerkEvent, signedDelivery } from '@clerk-sync/testing'

const SECRET = 'whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw'
const URL = 'https://example.com/api/webhooks/clerk'
const created = clerkEvent('user.created', { id: 'user_2x' }, { seed: 1, instanceId: 'ins_2x' })
const deleted = clerkEvent('user.deleted', { id: 'user_2x' }, { seed: 1 })

/** @typedef {import('@clerk-sync/core').ErrorCode} ErrorCode */
/**
 * @typedef {{ signingSecret?: string, instanceId?: string, maxBodyBytes?: number, refuses?: object,
 *   logger?: import('@clerk-sync/core').ClerkSyncLogger, on?: { 'user.created': () => Promise<never> } }} Given
 */

/** What PostgreSQL's driver throws. @param {object} fields */
const refusing = (fields) => ({ refuses: Object.assign(new Error('refused'), fields) })

/** Of each code, an option or a request that leads to it. @type {Partial<Record<ErrorCode, () => Promise<string>>>} */
const failures = {
  method_not_allowed: () => lineOf({}, { method: 'GET' }),
  body_too_large: () => lineOf({ maxBodyBytes: 1024 }),
  headers_missing: () => lineOf({}, { headers: {} }),
  signature_mismatch: () => lineOf({ signingSecret: SECRET.replace('Mf', 'Ng') }),
  timestamp_out_of_range: () => lineOf({}, {}, signed(created, { timestamp: Date.now() - 7 * 60_000 })),
  payload_invalid: () => lineOf({}, {}, signed({ ...created, data: { ...created.data, id: undefined } })),
  instance_mismatch: () => lineOf({ instanceId: 'ins_3y' }),
  raw_body_unavailable: () => lineOf({}, { used: true }),
  hook_failed: () =>
    lineOf({ on: { 'user.created': () => Promise.reject(new Error('the mail service answered 500')) } }),
  store_failed: () => lineOf(refusing({ code: '42P01', message: 'relation "users" does not exist' })),
  value_refused: () => lineOf(refusing({ code: '23502', table: 'users', column: 'email' })),
  unique_conflict: () => lineOf(refusing({ code: '23505', constraint: 'users_email_key' })),
  reference_missing: () => lineOf(refusing({ code: '23503', constraint: 'memberships_user_id_fkey' })),
  reference_held: () => lineOf(refusing({ code: '23001', constraint: 'posts_author_id_fkey' }), {}, signed(deleted)),
  config_invalid: () => messageOf(async () => made({ signingSecret: 'pk_live_2x' })),
  clerk_unavailable: () =>
    messageOf(() => ensureUser(made({}), { userId: 'user_2x', secretKey: 'sk_test_2x', apiUrl: 'http://127.0.0.1:9' })),
  closed: () =>
    messageOf(async () => {
      const clerkSync = made({})
      await clerkSync.close()
      await clerkSync.apply(created)
    }),
}

/** The line, or the message of what is thrown; undefined for a code that only a run over many rows gives. @param {ErrorCode} code */
export async function errorLine(code) {
  const line = await failures[code]?.()
  if (line !== undefined && !line.endsWith(`/errors/${code}`)) throw new Error(`This is not ${code}: ${line}`)
  return line
}

/** @param {Given} given */
function made({ refuses, ...options }) {
  const call = refuses && (() => Promise.reject(refuses))
  // A removal takes the row, which a foreign key may forbid.
  const adapter = memoryAdapter({ users: { columns: { email: {} }, versions: 'beside' } }, { ...(call && { call }) })
  return createClerkSync({ signingSecret: SECRET, ...options, adapter })
}

/** @param {object} event @param {{ timestamp?: number }} [options] */
const signed = (event, options) => signedDelivery(/** @type {typeof created} */ (event), { secret: SECRET, ...options })

/**
 * @param {Given} given @param {{ method?: string, headers?: Record<string, string>, used?: boolean }} request
 * @returns {Promise<string>}
 */
async function lineOf(given, { method = 'POST', headers, used } = {}, { body, headers: own } = signed(created)) {
  const lines = /** @type {string[]} */ ([])
  const log = (/** @type {{ docs?: string }} */ { docs }, /** @type {string} */ message) =>
    lines.push(`clerk-sync: ${message} ${docs}`)
  const clerkSync = made({ ...given, logger: { info: log, warn: log, error: log } })
  const request = new Request(URL, { method, headers: headers ?? own, ...(method === 'POST' && { body }) })
  if (used) await request.text()
  await clerkSync.handler(request)
  const [line = ''] = lines
  return line
}

/** @param {() => Promise<unknown>} work */
async function messageOf(work) {
  const error = await work().then(
    () => undefined,
    (thrown) => thrown,
  )
  if (!ClerkSyncError.is(error)) throw new Error(`Nothing of ours was thrown: ${error}`)
  return `ClerkSyncError: ${error.message} ${error.docs}`
}

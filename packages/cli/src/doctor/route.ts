import { randomUUID } from 'node:crypto'
import { signedDelivery } from '@clerk-sync/testing'
import { type Answer, explain, saidBy, send, shown } from '../deliveries/send.ts'
import { type Finding, findingsOf } from './finding.ts'

const { ok, warning, error } = findingsOf('route')

/**
 * No event of Clerk's has this type, so it has no table and no hook: a server that verifies it ignores it, and one with a
 * queue leaves that to its worker.
 */
const PROBE = 'clerkSync.doctor'

/** The same after it was parsed and written again. */
const plain = () => JSON.stringify({ data: { id: 'probe' }, object: 'event', timestamp: Date.now(), type: PROBE })

/** Written again, the keys have another order, and the escape is a character. */
const tricky = () =>
  `{"data":{"10":"ten","2":"two","id":"probe","note":"\\u003cŻółć \u{1F680}\\u003e"},"object":"event","timestamp":${Date.now()},"type":"${PROBE}"}`

/** The server cannot tell it from a sender's mistake, and logs it. */
const OWN_REFUSAL = 'In the log of the server, one refusal (400 headers_missing) is of this look.'

/** Whether deliveries reach the library as they were signed. Stores nothing. */
export async function checkRoute(
  url: URL,
  given: boolean,
  secret: string | undefined,
  signal: AbortSignal,
): Promise<Finding> {
  const deliver = (body: string) =>
    send(signedDelivery({ id: `msg_${randomUUID()}`, body }, { secret: secret ?? '' }), { url }, signal)
  let unsigned: Answer
  try {
    unsigned = await send({ headers: {}, body: plain() }, { url }, signal)
  } catch (cause) {
    signal.throwIfAborted()
    const message = `${shown(url)} does not answer.`
    // Without an address of a deployment there may be no server, and nothing is wrong with that.
    if (!given) return warning(message, 'Start your server, or name the deployed route with --url, to have it checked.')
    const code: unknown = cause instanceof Error ? Reflect.get(Object(cause.cause), 'code') : undefined
    return error(
      message,
      `See that it runs and can be reached from here${typeof code === 'string' ? ` (${code})` : ''}.`,
    )
  }
  if (saidBy(unsigned) !== 'headers_missing') return wrongAnswer(url, unsigned, 'a delivery without a signature')
  if (secret === undefined) {
    return warning(
      `${shown(url)} is reached, and refuses what nobody signed. ${OWN_REFUSAL}`,
      'Set CLERK_WEBHOOK_SIGNING_SECRET, to have the rest checked.',
    )
  }
  const first = await deliver(plain())
  if (saidBy(first) === 'signature_mismatch') {
    return error(
      `${shown(url)} refuses what CLERK_WEBHOOK_SIGNING_SECRET signs: the server has another secret.`,
      "Give both the secret of the same endpoint, and restart the server: each endpoint's is another.",
    )
  }
  if (saidBy(first) === 'timestamp_out_of_range') {
    return error(
      `${shown(url)} refuses the time of a delivery that was signed now: its clock is off.`,
      'Let the clocks of both machines follow a time server (NTP).',
    )
  }
  if (!isTaken(first)) return wrongAnswer(url, first, 'a signed delivery')
  const second = await deliver(tricky())
  if (saidBy(second) === 'signature_mismatch') {
    return error(
      `${shown(url)}: something changes the body before it reaches the route, and then no signature of Clerk's matches.`,
      'Register the route before body parsers such as express.json(), and let no proxy rewrite JSON.',
    )
  }
  if (!isTaken(second)) return wrongAnswer(url, second, 'a signed delivery')
  const said = `${shown(url)} is public, takes signed deliveries, refuses others, and gets the body as it was sent. ${OWN_REFUSAL}`
  if (saidBy(second) !== 'queued') return ok(said)
  return ok(`${said} It puts them into a queue: whether a worker takes them out was not looked at.`)
}

function isTaken(answer: Answer): boolean {
  return saidBy(answer) === 'ignored' || saidBy(answer) === 'queued'
}

function wrongAnswer(url: URL, answer: Answer, what: string): Finding {
  const said = saidBy(answer) ?? (answer.type ? answer.type.replace(/;.*/, '') : 'no body')
  const fix = explain(answer) ?? 'Check the path, and what stands in front of the route.'
  return error(`${shown(url)} answered ${what} with ${answer.status} (${said}).`, fix)
}

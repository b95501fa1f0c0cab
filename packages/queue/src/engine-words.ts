import { chainOf, databaseTrouble, prop, type TroubleKind } from '@clerk-sync/core/adapter'

/** What an engine, or its client, says of itself, and what to do about it. */
export interface EngineTrouble {
  readonly words: string
  readonly next: string
}

const ADDRESS = 'See that it runs, and that its address is right.'
const LOGIN = 'Check its user and password.'
const CERTIFICATE = 'Give the connection the authority that has signed its certificate (tls: { ca }).'
const UNKNOWN_AUTHORITY = /self-signed|self signed|unable to verify|issuer/i
const NOT_YET = 'It is not ready yet.'

const OF_DATABASE: Readonly<Record<TroubleKind, string>> = {
  away: ADDRESS,
  login: LOGIN,
  missing: "Create the engine's tables: boss.start() of pg-boss does, and utils.migrate() of graphile-worker.",
  forbidden: 'Grant its user the right to write there.',
  read_only: 'Connect to its primary.',
  generated: '',
  full: 'Give it more room.',
}

/**
 * What engines and their clients say of a connection, a login or a server that takes no writes, where it has no code of a
 * database or of Node. No part of a message can be in any of them: an error that is not here may quote it.
 */
const WORDS: readonly (readonly [words: RegExp, next: string])[] = [
  // ioredis, and what is ours of it
  [/^no connection after \d+ s$/, ADDRESS],
  [/^All sentinels are unreachable/, ADDRESS],
  [/^Connection is closed\.$/, ADDRESS],
  [/^Stream isn't writeable and enableOfflineQueue options is false$/, ADDRESS],
  [/^Socket timeout\. Expecting data, but didn't receive any in \d+ms\.$/, ADDRESS],
  [/^Command timed out$/, ADDRESS],
  [/^Reached the max retries per request limit \(which is \d+\)\./, ADDRESS],
  // Redis and Valkey
  [/^(?:NOAUTH|WRONGPASS) .*/, LOGIN],
  [/^ERR (?:invalid password|AUTH <password> called without any password configured)/, LOGIN],
  [/^OOM .*/, 'Its memory is full: give it more (maxmemory).'],
  [/^READONLY .*/, 'It is a replica: give the address of its primary.'],
  [/^MISCONF .*/, 'It cannot write to its disk: its own log says why.'],
  [/^NOREPLICAS .*/, 'It waits for its replicas (min-replicas-to-write).'],
  [/^NOPERM .*/, 'Give its user the right to that command (ACL SETUSER).'],
  [/^(?:LOADING|MASTERDOWN) .*/, NOT_YET],
  [/^ERR max number of clients reached/, 'Raise its maxclients, or find what leaves its connections open.'],
  // node-postgres, as pg-boss and graphile-worker use it
  [/^Cannot use a pool after calling end on the pool$/, 'Stop what sends before you end the pool.'],
  [/^Client (?:has encountered a connection error|was closed) and is not queryable$/, ADDRESS],
  [/^SASL: [\w-]+: [\w ]+$/, LOGIN],
  [/^The server does not support SSL connections$/, 'Leave SSL out of its URL, or switch it on there.'],
  // pg-boss
  [/^Database not opened\. Call start\(\) before using pg-boss/, 'Await boss.start() before the first delivery.'],
  [/^Queue [\w.\-/]+ does not exist$/, 'Create it: boss.createQueue().'],
  // AWS' client
  [/^Could not load credentials from any providers$/, 'Give the process credentials of AWS.'],
]

/** What may be printed of an error; undefined where it is none of a connection, a login or a server that takes no writes. */
export function troubleOf(error: unknown): EngineTrouble | undefined {
  const ofDatabase = databaseTrouble(error)
  if (ofDatabase) {
    const { kind, sentence } = ofDatabase
    const ofCertificate = UNKNOWN_AUTHORITY.test(sentence) ? CERTIFICATE : /certificate/.test(sentence) ? '' : undefined
    return { words: ended(sentence), next: ofCertificate ?? OF_DATABASE[kind] }
  }
  for (const link of chainOf(error)) {
    const message = String(prop(link, 'message') ?? '')
    for (const [words, next] of WORDS) {
      const [found] = words.exec(message) ?? []
      if (found) return { words: ended(found), next }
    }
  }
  return undefined
}

function ended(words: string): string {
  return words.replace(/\.?$/, '.')
}

import { chainOf, databaseTrouble, prop } from '@clerk-sync/core/adapter'

/**
 * What engines and their clients say of a connection, a login or a server that takes no writes, where it has no code of a
 * database or of Node. No part of a message can be in any of them: an error that is not here may quote it.
 */
const WORDS = [
  // ioredis, and what is ours of it
  /^no connection after \d+ s$/,
  /^All sentinels are unreachable/,
  /^Connection is closed\.$/,
  /^Stream isn't writeable and enableOfflineQueue options is false$/,
  /^Socket timeout\. Expecting data, but didn't receive any in \d+ms\.$/,
  /^Command timed out$/,
  /^Reached the max retries per request limit \(which is \d+\)\./,
  // Redis and Valkey
  /^(?:NOAUTH|WRONGPASS|NOPERM|LOADING|MASTERDOWN|READONLY|MISCONF|OOM) .*/,
  /^ERR (?:max number of clients reached|invalid password|AUTH <password> called without any password configured)/,
  // node-postgres, as pg-boss and graphile-worker use it
  /^Cannot use a pool after calling end on the pool$/,
  /^Client (?:has encountered a connection error|was closed) and is not queryable$/,
  /^SASL: [\w-]+: [\w ]+$/,
  /^The server does not support SSL connections$/,
  // pg-boss
  /^Database not opened\. Call start\(\) before using pg-boss/,
  /^Queue [\w.\-/]+ does not exist$/,
  // AWS' client
  /^Could not load credentials from any providers$/,
]

/** What may be printed of an error; undefined where it is none of a connection, a login or a server that takes no writes. */
export function wordsOf(error: unknown): string | undefined {
  const ofDatabase = databaseTrouble(error)
  if (ofDatabase) return ofDatabase.sentence
  for (const link of chainOf(error)) {
    const message = String(prop(link, 'message') ?? '')
    for (const words of WORDS) {
      const [found] = words.exec(message) ?? []
      if (found) return found
    }
  }
  return undefined
}

import type { Field } from './schema.ts'

const LOWER = '0123456789abcdefghijklmnopqrstuvwxyz'
const CROCKFORD = '0123456789ABCDEFGHJKMNPQRSTVWXYZ'
const URL_SAFE = 'useandom-26T198340PX75pxJACKVERYMINDBUSHWOLF_GQZbfghjklqvwyzrict'

/** The values that Prisma's client makes up for a new row, and the database does not. */
const GENERATORS: Readonly<Record<string, (argument: string | undefined) => unknown>> = {
  // The database would give the time of the session's zone, in a column that has none.
  now: () => new Date(),
  uuid: (version) => (version === '7' ? uuid7() : crypto.randomUUID()),
  // Version 1 starts with a c and the time, version 2 is random after a letter.
  cuid: (version) =>
    version === '2'
      ? random(LOWER.slice(10), 1) + random(LOWER, 23)
      : `c${Date.now().toString(36).padStart(8, '0')}${random(LOWER, 16)}`,
  ulid: () => time(CROCKFORD, 10) + random(CROCKFORD, 16),
  nanoid: (length) => random(URL_SAFE, Number(length ?? 21)),
}

/** Functions of `@default` that the database carries out, by a default of its own. */
const OF_THE_DATABASE = new Set(['autoincrement', 'dbgenerated', 'sequence'])

/** What makes up a field's value in a new row, where the client does that. */
export function generatorOf(field: Field): (() => unknown) | undefined {
  if (field.default?.kind === 'function') {
    const { name, argument } = field.default
    const generate = GENERATORS[name]
    if (generate) return () => generate(argument)
  }
  return field.updatedAt && field.default === undefined ? () => new Date() : undefined
}

/** A function of `@default` that neither the database nor we know. */
export function unknownDefault(field: Field): string | undefined {
  if (field.default?.kind !== 'function') return undefined
  const { name } = field.default
  return OF_THE_DATABASE.has(name) || Object.hasOwn(GENERATORS, name) ? undefined : name
}

/** Evenly distributed letters of an alphabet with up to 256 of them. */
function random(alphabet: string, length: number): string {
  const limit = 256 - (256 % alphabet.length)
  let text = ''
  while (text.length < length) {
    for (const byte of crypto.getRandomValues(new Uint8Array(length))) {
      if (byte < limit && text.length < length) text += alphabet[byte % alphabet.length]
    }
  }
  return text
}

function time(alphabet: string, length: number): string {
  let text = ''
  for (let rest = Date.now(); text.length < length; rest = Math.floor(rest / alphabet.length)) {
    text = alphabet.charAt(rest % alphabet.length) + text
  }
  return text
}

/** RFC 9562: 48 bits of ms since 1970, then random. */
function uuid7(): string {
  const [, , c = '', d = '', e = ''] = crypto.randomUUID().split('-')
  const ms = Date.now().toString(16).padStart(12, '0')
  return `${ms.slice(0, 8)}-${ms.slice(8)}-7${c.slice(1)}-${d}-${e}`
}

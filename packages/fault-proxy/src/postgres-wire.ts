// https://www.postgresql.org/docs/current/protocol-message-formats.html
import { type ClientMessage, splitter, type Wire } from './wire.ts'

const SSL_REQUEST = 80877103
const GSS_REQUEST = 80877104

export function postgresWire(): Wire {
  let started = false
  // The first messages of a client have no type before their length.
  const split = splitter((buffer) => {
    if (!started) return buffer.length < 8 ? 0 : buffer.readUInt32BE(0)
    return typedLength(buffer)
  })
  const splitAnswers = splitter(typedLength)
  /** The texts of the statements that have a name. */
  const prepared = new Map<string, string>()
  /** The statement of the request that is being sent: it began with a parse, and its bind is a part of it. */
  let begun: string | undefined

  const start = (bytes: Buffer): ClientMessage => {
    const code = bytes.readUInt32BE(4)
    if (code === SSL_REQUEST || code === GSS_REQUEST) return { bytes, ends: false, reply: Buffer.from('N') }
    started = true
    return { bytes, statement: 'connect', ends: true }
  }

  const read = (bytes: Buffer): ClientMessage => {
    const [first = '', second = ''] = bytes.toString('utf8', 5).split('\0')
    switch (String.fromCharCode(bytes[0] ?? 0)) {
      case 'Q':
        return { bytes, statement: first, ends: true }
      case 'P':
        prepared.set(first, second)
        begun = second
        return { bytes, statement: second, ends: false }
      case 'B': {
        const text = prepared.get(second) ?? ''
        const known = begun === text
        begun = undefined
        return known ? { bytes, ends: false } : { bytes, statement: text, ends: false }
      }
      case 'S':
        return { bytes, ends: true }
      default:
        return { bytes, ends: false }
    }
  }

  return {
    *fromClient(chunk) {
      for (const bytes of split(chunk)) yield started ? read(bytes) : start(bytes)
    },
    *fromServer(chunk) {
      for (const bytes of splitAnswers(chunk)) yield { bytes, ends: bytes[0] === READY_FOR_QUERY }
    },
  }
}

const READY_FOR_QUERY = 0x5a
const typedLength = (buffer: Buffer) => (buffer.length < 5 ? 0 : 1 + buffer.readUInt32BE(1))

/** What a client sent: whole messages of its protocol, cut out of the stream. */
export interface ClientMessage {
  readonly bytes: Buffer
  /** The text of the statement that begins with this message; `connect` for a log-in. */
  readonly statement?: string
  /** Whether the server answers once this has arrived. */
  readonly ends: boolean
  /** The proxy answers this itself, and the server does not see the message. */
  readonly reply?: Buffer
}

export interface ServerMessage {
  readonly bytes: Buffer
  /** Whether the oldest request that waits is answered with it. */
  readonly ends: boolean
}

/** Reads one connection of a protocol, both ways. */
export interface Wire {
  fromClient(chunk: Buffer): Iterable<ClientMessage>
  fromServer(chunk: Buffer): Iterable<ServerMessage>
}

/** Cuts a stream into messages; `lengthOf` gives the size of the first one, or 0 while it cannot be known. */
export function splitter(lengthOf: (buffer: Buffer) => number): (chunk: Buffer) => Generator<Buffer, void> {
  let rest: Buffer = Buffer.alloc(0)
  return function* (chunk) {
    rest = Buffer.concat([rest, chunk])
    // Asked anew after each message, since one can change how the next is read.
    for (let length = lengthOf(rest); length > 0 && length <= rest.length; length = lengthOf(rest)) {
      const message = rest.subarray(0, length)
      rest = rest.subarray(length)
      yield message
    }
  }
}

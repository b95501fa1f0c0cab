// https://dev.mysql.com/doc/dev/mysql-server/latest/PAGE_PROTOCOL.html
import { type ClientMessage, splitter, type Wire } from './wire.ts'

const HEADER = 4
const COM_QUERY = 0x03
const COM_STMT_PREPARE = 0x16
const COM_STMT_EXECUTE = 0x17
/** Commands that the server does not answer: quit, long data, close of a statement. */
const UNANSWERED = new Set([0x01, 0x18, 0x19])
const OK = 0x00
const ERROR = 0xff
const END = 0xfe
const CLIENT_DEPRECATE_EOF = 1 << 24

type Answer = 'log-in' | 'prepare' | 'command'

export function mysqlWire(): Wire {
  const split = splitter(packetLength)
  const splitAnswers = splitter(packetLength)
  const prepared = new Map<number, string>()
  /** What the server has yet to answer, oldest first. */
  const asked: { answer: Answer; text: string; isEnd: ((payload: Buffer) => boolean) | undefined }[] = []
  let loggedIn = false
  let withoutEof = false

  const read = (bytes: Buffer): ClientMessage => {
    const payload = bytes.subarray(HEADER)
    // Packets of a log-in go on counting from the server's greeting; a command begins anew.
    if (!loggedIn) {
      if (asked.length > 0) return { bytes, ends: false }
      withoutEof = (payload.readUInt32LE(0) & CLIENT_DEPRECATE_EOF) !== 0
      asked.push({ answer: 'log-in', text: 'connect', isEnd: undefined })
      return { bytes, statement: 'connect', ends: true }
    }
    const command = payload[0] ?? 0
    if (bytes[3] !== 0 || UNANSWERED.has(command)) return { bytes, ends: false }
    const text = textOf(command, payload)
    asked.push({ answer: command === COM_STMT_PREPARE ? 'prepare' : 'command', text, isEnd: undefined })
    const isStatement = command === COM_QUERY || command === COM_STMT_EXECUTE
    return isStatement ? { bytes, statement: text, ends: true } : { bytes, ends: true }
  }

  const textOf = (command: number, payload: Buffer): string => {
    if (command === COM_STMT_EXECUTE) return prepared.get(payload.readUInt32LE(1)) ?? ''
    // A client that may send attributes of a query says first that it has none.
    const from = command === COM_QUERY && payload[1] === 0 && payload[2] === 1 ? 3 : 1
    return command === COM_QUERY || command === COM_STMT_PREPARE ? payload.toString('utf8', from) : ''
  }

  const endsAnswer = (payload: Buffer): boolean => {
    const oldest = asked[0]
    if (!oldest) return false
    if (!oldest.isEnd) {
      if (oldest.answer === 'prepare' && payload[0] === OK) prepared.set(payload.readUInt32LE(1), oldest.text)
      oldest.isEnd = oldest.answer === 'log-in' ? isLastOfLogin : answerReader(oldest.answer, payload, withoutEof)
    }
    if (!oldest.isEnd(payload)) return false
    if (oldest.answer === 'log-in') loggedIn = payload[0] === OK
    asked.shift()
    return true
  }

  return {
    *fromClient(chunk) {
      for (const bytes of split(chunk)) yield read(bytes)
    },
    *fromServer(chunk) {
      for (const bytes of splitAnswers(chunk)) yield { bytes, ends: endsAnswer(bytes.subarray(HEADER)) }
    },
  }
}

const isLastOfLogin = (payload: Buffer) => payload[0] === OK || payload[0] === ERROR

/** Tells of each packet of an answer whether it is the last, by what the first of them announces. */
function answerReader(answer: Answer, first: Buffer, withoutEof: boolean): (payload: Buffer) => boolean {
  if (first[0] === ERROR) return () => true
  let packets = 0
  if (answer === 'prepare') {
    const groups = [first.readUInt16LE(5), first.readUInt16LE(7)].filter((count) => count > 0)
    const total = 1 + groups.reduce((sum, count) => sum + count + (withoutEof ? 0 : 1), 0)
    return () => ++packets === total
  }
  if (first[0] === OK) return () => true
  // Rows: a count of columns, that many definitions, an end, the rows, an end; the first end can be left out.
  const definitions = 1 + (first[0] ?? 0) + (withoutEof ? 0 : 1)
  return (payload) =>
    ++packets > definitions && (payload[0] === ERROR || (payload[0] === END && payload.length < 0xffff))
}

const packetLength = (buffer: Buffer) => (buffer.length < HEADER ? 0 : HEADER + buffer.readUIntLE(0, 3))

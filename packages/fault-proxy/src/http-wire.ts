// HTTP/1.1, as drivers without a protocol of their own speak it: https://www.rfc-editor.org/rfc/rfc9112#section-6
import { splitter, type Wire } from './wire.ts'

const END_OF_LINE = '\r\n'
const END_OF_HEAD = '\r\n\r\n'

/** A request is one statement: its first line, and its body. */
export function httpWire(): Wire {
  const split = splitter(messageLength)
  const splitAnswers = splitter(messageLength)
  return {
    *fromClient(chunk) {
      for (const bytes of split(chunk)) yield { bytes, statement: textOf(bytes), ends: true }
    },
    *fromServer(chunk) {
      for (const bytes of splitAnswers(chunk)) yield { bytes, ends: true }
    },
  }
}

function textOf(request: Buffer): string {
  const line = request.subarray(0, request.indexOf(END_OF_LINE)).toString('latin1')
  return `${line} ${request.subarray(request.indexOf(END_OF_HEAD) + END_OF_HEAD.length).toString('utf8')}`
}

function messageLength(buffer: Buffer): number {
  const head = buffer.indexOf(END_OF_HEAD)
  if (head < 0) return 0
  const headers = buffer.toString('latin1', 0, head)
  const body = head + END_OF_HEAD.length
  if (/^transfer-encoding:.*\bchunked\b/im.test(headers)) return endOfChunks(buffer, body)
  return body + Number(/^content-length:\s*(\d+)/im.exec(headers)?.[1] ?? 0)
}

/** 0 while the last chunk is not there. */
function endOfChunks(buffer: Buffer, from: number): number {
  for (let at = from; ; ) {
    const line = buffer.indexOf(END_OF_LINE, at)
    if (line < 0) return 0
    const size = Number.parseInt(buffer.toString('latin1', at, line), 16)
    at = line + END_OF_LINE.length + size + END_OF_LINE.length
    if (size === 0) return at
  }
}

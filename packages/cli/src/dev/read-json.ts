import type { IncomingMessage } from 'node:http'
import { UsageError } from '../errors.ts'

/** Of a hundred deliveries of a list, each with its event and two rows, in bytes. */
const LARGEST_BODY = 32 * 1024 * 1024

/** @throws UsageError for what is no JSON, or too much of it */
export async function readJson(request: IncomingMessage): Promise<unknown> {
  const chunks: Buffer[] = []
  let size = 0
  for await (const chunk of request as AsyncIterable<Buffer>) {
    size += chunk.length
    if (size > LARGEST_BODY) throw new UsageError(`A body may have ${LARGEST_BODY} bytes at most.`)
    chunks.push(chunk)
  }
  try {
    return JSON.parse(Buffer.concat(chunks).toString())
  } catch (cause) {
    throw new UsageError('The body is no JSON.', { cause })
  }
}

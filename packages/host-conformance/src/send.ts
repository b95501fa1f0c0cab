import { request as httpRequest } from 'node:http'
import { request as httpsRequest } from 'node:https'

/** Svix takes a delivery for failed that has no answer by then, in ms. */
const LONGEST_ANSWER_MS = 15_000

export interface Answer {
  readonly status: number
  readonly body: string
  /** Where a redirect leads. */
  readonly location: string | undefined
}

/** What goes over the wire: header names in this spelling, one line for each of several values. */
export interface Outgoing {
  readonly method: string
  readonly headers: Readonly<Record<string, string | readonly string[]>>
  readonly body: string | Buffer | undefined
}

/** The connection failed, or was silent for too long. */
export class NoAnswer extends Error {
  override readonly name = 'NoAnswer'
  /** Whether the request went out whole: nobody knows what became of it. */
  readonly wasSent: boolean

  constructor(message: string, { cause, wasSent }: { readonly cause: Error; readonly wasSent: boolean }) {
    super(message, { cause })
    this.wasSent = wasSent
  }
}

/** Sends as Svix does: follows no redirect, and gives up after 15 s. Not `fetch`, which rewrites headers. @throws NoAnswer */
export function send(url: URL, { method, headers, body }: Outgoing): Promise<Answer> {
  const open = url.protocol === 'https:' ? httpsRequest : httpRequest
  return new Promise((resolve, reject) => {
    const request = open(url, { method, signal: AbortSignal.timeout(LONGEST_ANSWER_MS) })
    request.once('response', (response) => {
      let text = ''
      response.setEncoding('utf8')
      response.on('data', (chunk: string) => {
        text += chunk
      })
      response.once('end', () =>
        resolve({ status: response.statusCode ?? 0, body: text, location: response.headers.location }),
      )
      response.once('error', fail)
    })
    const fail = (error: Error) => {
      const tooLong = error.name === 'AbortError' || error.name === 'TimeoutError'
      const what = tooLong ? `no answer within ${LONGEST_ANSWER_MS / 1000} s, after which Svix gives up` : error.message
      reject(
        new NoAnswer(`${method} ${url} had no answer: ${what}`, { cause: error, wasSent: request.writableFinished }),
      )
    }
    request.on('error', fail)
    for (const [name, value] of Object.entries(headers)) request.setHeader(name, value)
    request.end(body)
  })
}

import type { Answer } from './answer.ts'

/** What goes wrong with a request. */
export interface Fault {
  /**
   * - `error`: `status`, 500 unless said, with Clerk's JSON
   * - `html`: a page of HTML with `status`, 200 unless said: a proxy's, a sign-in's
   * - `empty`: 200 and a list without anything
   * - `missing`: 404 `resource_not_found`, as from a replica that lags behind
   * - `reset`: the connection breaks before the answer
   * - `cut`: the connection breaks in the middle of the answer's body
   * - `silence`: no answer, until the server closes
   */
  readonly kind: 'error' | 'html' | 'empty' | 'missing' | 'reset' | 'cut' | 'silence'
  readonly status?: number
  /** Of an `error`, in s: the header `Retry-After`. */
  readonly retryAfter?: number
  readonly method?: string
  /** The path without `/v1`: `/users/count`. Every path, unless said. */
  readonly path?: string | RegExp
  /** How many such requests pass before. Default 0. */
  readonly after?: number
  /** How many requests it hits. Default 1; `Infinity` for all. */
  readonly times?: number
}

interface ArmedFault extends Fault {
  passed: number
  hit: number
}

/** Which of the coming requests go wrong. */
export class Faults {
  #armed: ArmedFault[] = []

  arm(fault: Fault): void {
    this.#armed.push({ ...fault, passed: 0, hit: 0 })
  }

  disarm(): void {
    this.#armed = []
  }

  /** The first that is meant for this request. */
  next(method: string, path: string): Fault | undefined {
    for (const fault of this.#armed) {
      if (!matches(fault, method, path) || fault.hit >= (fault.times ?? 1)) continue
      if (fault.passed < (fault.after ?? 0)) {
        fault.passed += 1
        continue
      }
      fault.hit += 1
      return fault
    }
    return undefined
  }
}

function matches({ method, path }: Fault, requested: string, at: string): boolean {
  if (method !== undefined && method !== requested) return false
  return path === undefined || (typeof path === 'string' ? path === at : path.test(at))
}

/** The page of HTML of a proxy. */
export function htmlPage(status: number): Answer {
  const title = status === 502 ? '502 Bad Gateway' : 'Please wait'
  return {
    status,
    headers: { 'content-type': 'text/html' },
    body: `<!DOCTYPE html>\n<html><head><title>${title}</title></head><body><h1>${title}</h1></body></html>\n`,
  }
}

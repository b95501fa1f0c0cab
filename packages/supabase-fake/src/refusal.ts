// What PostgREST answers to an error: https://docs.postgrest.org/en/stable/references/errors.html

export interface Answer {
  readonly status: number
  readonly body?: unknown
  /** The header `Content-Range`. */
  readonly range?: string
}

/** What PostgREST says itself, beside what the database says. */
export class Refused extends Error {
  readonly status: number
  readonly code: string

  constructor(status: number, code: string, message: string) {
    super(message)
    this.status = status
    this.code = code
  }
}

const STATUSES: readonly [RegExp, number][] = [
  [/^08/, 503],
  [/^23503|^23505/, 409],
  [/^40|^53400|^54|^55|^57|^58|^XX/, 500],
  [/^53/, 503],
  [/^42883|^42P01/, 404],
]

/** Of the database's error or of PostgREST's own. */
export function refusal(error: unknown): Answer {
  const { message, code = 'XX000', detail = null, hint = null, role, status } = Object(error)
  const body = { code, message, details: detail, hint }
  if (status) return { status, body }
  if (code === '42501') return { status: role === 'anon' ? 401 : 403, body }
  return { status: STATUSES.find(([codes]) => codes.test(code))?.[1] ?? 400, body }
}

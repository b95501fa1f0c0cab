import type { Json } from '../objects/json.ts'

/** What a request is answered. */
export interface Answer {
  readonly status: number
  readonly headers?: Readonly<Record<string, string>>
  readonly body: unknown
}

/** Refuses a request, with Clerk's body. */
export class Refused extends Error {
  readonly answer: Answer

  constructor(status: number, code: string, message: string, longMessage = message, meta: Json = {}) {
    super(longMessage)
    this.answer = refusal(status, code, message, longMessage, meta)
  }
}

export function refusal(status: number, code: string, message: string, longMessage = message, meta: Json = {}): Answer {
  return {
    status,
    body: { errors: [{ message, long_message: longMessage, code, meta }], clerk_trace_id: `trace_${status}_${code}` },
  }
}

export function notFound(what: string, id: string): Refused {
  return new Refused(404, 'resource_not_found', 'not found', `No ${what} was found with id ${id}`)
}

export function invalid(parameter: string, why: string): Refused {
  return new Refused(422, 'form_param_value_invalid', `${parameter} is invalid`, why, { param_name: parameter })
}

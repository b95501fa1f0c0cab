import type { DeliveryResult } from './delivery-result.ts'

/** The response to a delivery: a status and a code. Causes are for the operator alone. */
export interface ResponseParts {
  readonly status: number
  readonly headers: Readonly<Record<string, string>>
  readonly body: string
}

export function buildResponse(result: DeliveryResult): ResponseParts {
  const headers = { 'content-type': 'application/json', ...(result.status === 405 && { allow: 'POST' }) }
  const body = result.ok ? { outcome: result.outcome } : { code: result.error.code }
  return { status: result.status, headers, body: JSON.stringify(body) }
}

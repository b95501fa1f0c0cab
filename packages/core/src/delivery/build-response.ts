import type { DeliveryResult } from './delivery-result.ts'

/** What Svix is answered: a status and a code. Causes stay here. */
export interface Answer {
  readonly status: number
  readonly headers: Readonly<Record<string, string>>
  readonly body: string
}

export function answerTo(result: DeliveryResult): Answer {
  const headers = { 'content-type': 'application/json', ...(result.status === 405 && { allow: 'POST' }) }
  const body = result.ok ? { outcome: result.outcome } : { code: result.error.code }
  return { status: result.status, headers, body: JSON.stringify(body) }
}

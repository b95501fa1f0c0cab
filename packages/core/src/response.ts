import { answerTo } from './answer.ts'
import type { DeliveryResult } from './result.ts'

export function responseTo(result: DeliveryResult): Response {
  const { status, headers, body } = answerTo(result)
  return new Response(body, { status, headers })
}

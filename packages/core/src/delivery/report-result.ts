import { chainOf } from '../errors.ts'
import type { DeliveryResult } from './delivery-result.ts'

/** The default `onResult`: one line for each failure, with its causes' codes and without any payload. */
export function reportFailure(result: DeliveryResult): void {
  if (!('error' in result)) return
  const { error, event } = result
  const about = event ? ` ${event.type} ${event.id}` : ''
  console.error(
    `clerk-sync: ${result.status} ${result.ok ? 'parked ' : ''}${error.code}${about}: ${error.message}${causesOf(error)}`,
  )
}

/** Names and codes only: a driver's message may quote the row. */
function causesOf(error: Error): string {
  if (error.cause === undefined) return ''
  const causes = [...chainOf(error.cause)].map((cause) => {
    if (!(cause instanceof Error)) return typeof cause
    const code: unknown = Reflect.get(cause, 'code')
    return `${cause.name}${typeof code === 'string' ? ` ${code}` : ''}`
  })
  return ` (${causes.join(' < ')})`
}

/** The row is committed or refused by now: an observer's trouble must neither change the answer nor end the process. */
export function reportTo(onResult: (result: DeliveryResult) => unknown, result: DeliveryResult): void {
  const failed = (error: unknown) => console.error('clerk-sync: onResult threw', error)
  try {
    Promise.resolve(onResult(result)).catch(failed)
  } catch (error) {
    failed(error)
  }
}

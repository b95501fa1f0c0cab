import { printable } from '../port/printable.ts'
import type { DeliveryResult } from './delivery-result.ts'
import { explainCauses, type FaultOf } from './explain-causes.ts'
import type { ClerkSyncLogger, LogFields } from './logger.ts'

export interface Reporting {
  readonly logger: ClerkSyncLogger | false | undefined
  readonly verbose: boolean
  readonly faultOf?: FaultOf | undefined
  readonly onResult: ((result: DeliveryResult) => unknown) | undefined
}

/**
 * Logs a delivery and hands its result over.
 *
 * @param ofHost - the log of the framework, where it has one
 */
export function reportResult(reporting: Reporting, result: DeliveryResult, ofHost: ClerkSyncLogger | undefined): void {
  const { onResult, verbose } = reporting
  // Whoever takes the results logs them as they like.
  const logger = reporting.logger ?? (onResult && !verbose ? false : (ofHost ?? console))
  if (logger && (verbose || 'error' in result)) guarded('logger', () => logTo(logger, result, reporting.faultOf))
  if (onResult) guarded('onResult', () => onResult(result))
}

/** Failures of a sender are warnings: anybody can send what is not signed. */
function logTo(logger: ClerkSyncLogger, result: DeliveryResult, faultOf: FaultOf | undefined): unknown {
  const { fields, message } = lineOf(result, faultOf)
  const level = !('error' in result) ? 'info' : !result.ok && result.status < 500 ? 'warn' : 'error'
  if (logger !== console) return logger[level](fields, message)
  // A logger has it among the fields.
  const docs = fields.docs ? ` ${fields.docs}` : ''
  return console[level](`clerk-sync: ${message}${docs}${fields.stack ? `\n${fields.stack}` : ''}`)
}

function lineOf(
  result: DeliveryResult,
  faultOf: FaultOf | undefined,
): { readonly fields: LogFields; readonly message: string } {
  const { status, event, lagMs } = result
  const durationMs = Math.round(result.durationMs)
  const about = event && { eventType: printable(event.type), messageId: printable(event.id) }
  const common = { lib: 'clerk-sync', status, durationMs, ...(lagMs !== undefined && { lagMs }), ...about }
  const named = about ? ` ${about.eventType} ${about.messageId}` : ''
  if (!('error' in result)) {
    const { outcome } = result
    const reason = outcome === 'ignored' ? `: ${printable(result.reason)}` : ''
    return {
      fields: { ...common, outcome },
      message: `${status} ${outcome}${named} in ${durationMs} ms, ${lagMs} ms after the event${reason}`,
    }
  }
  const { code, docs, message } = result.error
  const { names, stack } = explainCauses(result.error, faultOf)
  const next = !result.ok && event && result.error.retryable ? ' The event is sent again.' : ''
  return {
    fields: {
      ...common,
      ...(result.ok && { outcome: result.outcome }),
      code,
      docs,
      ...(names && { causes: names }),
      ...(stack && { stack }),
    },
    // What a worker has parked was answered to nobody.
    message: `${result.ok ? 'parked' : status} ${code}${named}: ${message}${next}${names && ` (${names})`}`,
  }
}

/** The row is committed or refused by now: an observer's trouble must neither change the answer nor end the process. */
function guarded(option: string, observe: () => unknown): void {
  const failed = (error: unknown) => console.error(`clerk-sync: ${option} threw`, error)
  try {
    Promise.resolve(observe()).catch(failed)
  } catch (error) {
    failed(error)
  }
}

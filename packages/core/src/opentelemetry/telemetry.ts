import {
  type Attributes,
  context,
  type MeterProvider,
  metrics,
  type Span,
  SpanKind,
  SpanStatusCode,
  type Tracer,
  type TracerProvider,
  trace,
} from '@opentelemetry/api'
import type { AppliedEvent } from '../apply-many.ts'
import type { ClerkEvent } from '../entities/clerk-event.ts'
import { prop } from '../port/prop.ts'
import { type DeliveryFacts, errorType, isOurs, messageFacts, spanFacts, thrownFacts } from './facts.ts'
import { Instruments } from './instruments.ts'

/** Default, of both: the one that is registered when the first delivery comes. */
export interface OpenTelemetryOptions {
  readonly tracerProvider?: TracerProvider | undefined
  readonly meterProvider?: MeterProvider | undefined
}

const SCOPE = '@clerk-sync/core'

/** Runs deliveries in spans, and counts what became of them. Its own trouble never becomes a delivery's. */
export class Telemetry {
  readonly #options: OpenTelemetryOptions
  // Made late: instruments of an SDK that is registered after them would record nothing for ever.
  #instruments: Instruments | undefined
  #tracer: Tracer | undefined

  constructor(options: OpenTelemetryOptions) {
    this.#options = options
  }

  /**
   * @param known - the event, where it was verified before
   * @param factsOf - what became of it
   */
  async delivery<T>(
    operation: 'receive' | 'verify' | 'apply',
    known: ClerkEvent | undefined,
    work: () => Promise<T>,
    factsOf: (value: T) => DeliveryFacts,
  ): Promise<T> {
    const began = performance.now()
    const attributes = messageFacts(operation, known)
    return this.#inSpan(nameOf(operation, attributes), SpanKind.CONSUMER, attributes, work, (span, value, thrown) => {
      const facts = value === undefined ? thrownFacts(known, thrown) : factsOf(value)
      const described = spanFacts(operation, facts)
      span?.updateName(nameOf(operation, described))
      end(span, described, isOurs(facts.error))
      this.#meters.duration(operation, began, facts)
      this.#meters.delivery(operation, facts)
    })
  }

  /** One span and one duration for all of them; each is counted by itself. */
  async batch(
    operation: 'applyMany',
    events: readonly ClerkEvent[],
    work: () => Promise<readonly AppliedEvent[]>,
  ): Promise<readonly AppliedEvent[]> {
    const began = performance.now()
    const count = prop(events, 'length')
    const attributes = {
      ...messageFacts(operation, undefined),
      ...(typeof count === 'number' && { 'messaging.batch.message_count': count }),
    }
    return this.#inSpan(operation, SpanKind.CONSUMER, attributes, work, (span, results, thrown) => {
      const all = results?.map(({ event, outcome = 'failed', error }) => ({ event, outcome, error })) ?? []
      const refused = all.filter(({ error }) => error)
      const error = results ? refused[0]?.error : thrown
      end(span, { 'clerk_sync.refused_count': refused.length, ...errorType(error) }, error !== undefined)
      this.#meters.duration(operation, began, { outcome: error === undefined ? 'applied' : 'failed', error })
      for (const facts of all) this.#meters.delivery(operation, facts)
    })
  }

  /** What is no delivery: a backfill, a reconcile, the retry of a dead letter. */
  run<T>(name: string, work: () => Promise<T>): Promise<T> {
    return this.#inSpan(`clerk-sync ${name}`, SpanKind.INTERNAL, {}, work, (span, value, thrown) => {
      const ok = prop(value, 'ok')
      end(span, { ...(typeof ok === 'boolean' && { 'clerk_sync.ok': ok }), ...errorType(thrown) }, thrown !== undefined)
    })
  }

  get #meters(): Instruments {
    this.#instruments ??= new Instruments((this.#options.meterProvider ?? metrics).getMeter(SCOPE))
    return this.#instruments
  }

  async #inSpan<T>(
    name: string,
    kind: SpanKind,
    attributes: Attributes,
    work: () => Promise<T>,
    done: (span: Span | undefined, value: T | undefined, thrown: unknown) => void,
  ): Promise<T> {
    const span = guarded(() => {
      this.#tracer ??= (this.#options.tracerProvider ?? trace).getTracer(SCOPE)
      return this.#tracer.startSpan(name, { kind, attributes })
    })
    const finish = (value: T | undefined, thrown: unknown) => {
      guarded(() => done(span, value, thrown))
      guarded(() => span?.end())
    }
    try {
      const value = await (span ? context.with(trace.setSpan(context.active(), span), work) : work())
      finish(value, undefined)
      return value
    } catch (thrown) {
      finish(undefined, thrown)
      throw thrown
    }
  }
}

function nameOf(operation: string, { 'messaging.destination.name': type }: Attributes): string {
  return type === undefined ? operation : `${operation} ${type}`
}

/** Without the error's message, which may quote what a span must not hold. */
function end(span: Span | undefined, attributes: Attributes, isError: boolean): void {
  span?.setAttributes(attributes)
  if (isError) span?.setStatus({ code: SpanStatusCode.ERROR })
}

/** The row is committed or refused, whatever an exporter or a span processor throws. */
function guarded<T>(observe: () => T): T | undefined {
  try {
    return observe()
  } catch (error) {
    console.error('clerk-sync: OpenTelemetry threw', error)
    return undefined
  }
}

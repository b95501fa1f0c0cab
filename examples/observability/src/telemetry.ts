// Loaded before the server: node --import ./src/telemetry.ts src/server.ts
import { context, metrics, trace } from '@opentelemetry/api'
import { AsyncLocalStorageContextManager } from '@opentelemetry/context-async-hooks'
import { PrometheusExporter } from '@opentelemetry/exporter-prometheus'
import { MeterProvider } from '@opentelemetry/sdk-metrics'
import { ConsoleSpanExporter, SimpleSpanProcessor, TracerProvider } from '@opentelemetry/sdk-trace'

// Without it, spans have no parents.
context.setGlobalContextManager(new AsyncLocalStorageContextManager().enable())

// In production: BatchSpanProcessor, and the exporter of your backend.
const spanProcessors =
  process.env.OTEL_TRACES_EXPORTER === 'console'
    ? [new SimpleSpanProcessor({ exporter: new ConsoleSpanExporter() })]
    : []
trace.setGlobalTracerProvider(new TracerProvider({ spanProcessors }))

// On a port of its own: what Prometheus reads is not for those who call the application.
const exporter = new PrometheusExporter({
  host: process.env.OTEL_EXPORTER_PROMETHEUS_HOST ?? 'localhost',
  port: Number(process.env.OTEL_EXPORTER_PROMETHEUS_PORT ?? 9464),
})
metrics.setGlobalMeterProvider(new MeterProvider({ readers: [exporter] }))

import { defineConfig } from 'tsup'

export default defineConfig({
  entry: {
    index: 'src/index.ts',
    adapter: 'src/port/index.ts',
    node: 'src/hosts/node.ts',
    fastify: 'src/hosts/fastify.ts',
    lambda: 'src/hosts/lambda.ts',
    dev: 'src/dev/index.ts',
    opentelemetry: 'src/opentelemetry/with-open-telemetry.ts',
    sql: 'src/sql/index.ts',
    'clerk-api': 'src/clerk-api/index.ts',
    memory: 'src/memory/memory-adapter.ts',
  },
  format: 'esm',
  target: 'es2023',
  dts: true,
  sourcemap: true,
  clean: true,
})

import { defineConfig } from 'tsup'

export default defineConfig({
  entry: {
    index: 'src/index.ts',
    node: 'src/node.ts',
    fastify: 'src/fastify.ts',
    lambda: 'src/lambda.ts',
    sql: 'src/sql/index.ts',
    memory: 'src/memory.ts',
  },
  format: 'esm',
  target: 'es2023',
  dts: true,
  sourcemap: true,
  clean: true,
})

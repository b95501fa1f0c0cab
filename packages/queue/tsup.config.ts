import { defineConfig } from 'tsup'

export default defineConfig({
  entry: [
    'src/index.ts',
    'src/bullmq.ts',
    'src/pg-boss.ts',
    'src/graphile-worker.ts',
    'src/sqs.ts',
    'src/cloudflare.ts',
  ],
  format: 'esm',
  target: 'es2023',
  dts: true,
  sourcemap: true,
  clean: true,
})

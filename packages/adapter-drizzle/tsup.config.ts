import { defineConfig } from 'tsup'

export default defineConfig({
  entry: ['src/index.ts', 'src/pg.ts', 'src/mysql.ts', 'src/sqlite.ts', 'src/postgres-js.ts'],
  format: 'esm',
  target: 'es2023',
  dts: true,
  sourcemap: true,
  clean: true,
})

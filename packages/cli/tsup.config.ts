import { cpSync } from 'node:fs'
import { defineConfig } from 'tsup'

export default defineConfig({
  entry: ['src/cli.ts'],
  format: 'esm',
  target: 'es2023',
  sourcemap: true,
  clean: true,
  onSuccess: async () => {
    cpSync('../../skills', 'dist/skills', { recursive: true })
    cpSync('src/dev/page', 'dist/page', { recursive: true })
  },
})

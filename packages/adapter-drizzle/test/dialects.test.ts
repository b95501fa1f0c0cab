import { spawnSync } from 'node:child_process'
import { describe, expect, it } from 'vitest'

describe('An application loads one dialect of Drizzle', () => {
  const own = { pg: 'drizzle-orm/node-postgres', mysql: 'drizzle-orm/mysql2', sqlite: 'drizzle-orm/better-sqlite3' }
  it.each(Object.entries(own))('%s, and the adapter nothing of another beside it', (dialect, driver) => {
    const script = `
      import { registerHooks } from 'node:module'
      const loaded = []
      registerHooks({
        load(url, context, next) {
          loaded.push(url)
          return next(url, context)
        },
      })
      await import('${driver}')
      loaded.length = 0
      await import('@clerk-sync/adapter-drizzle')
      await import('@clerk-sync/adapter-drizzle/${dialect}')
      console.log(JSON.stringify(loaded))`
    const { stdout, stderr } = spawnSync(process.execPath, ['--input-type=module', '--eval', script], {
      encoding: 'utf8',
      cwd: new URL('..', import.meta.url),
    })
    expect(stderr).toBe('')
    const loaded: readonly string[] = JSON.parse(stdout)
    expect(loaded.length).toBeGreaterThan(2)
    const ofOthers = loaded.filter((url) => /\/\w+-core\//.test(url) && !url.includes(`/${dialect}-core/`))
    expect(ofOthers).toEqual([])
  })
})

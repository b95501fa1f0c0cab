import { MySql2Database } from 'drizzle-orm/mysql2'
import { PlanetScaleDatabase } from 'drizzle-orm/planetscale-serverless'
import { afterEach, expect, it, vi } from 'vitest'

afterEach(() => {
  vi.resetModules()
  vi.unstubAllEnvs()
})

it.each([
  ['https://user:hush@aws.connect.psdb.cloud/links', PlanetScaleDatabase],
  ['mysql://user:hush@aws.connect.psdb.cloud/links?ssl={"rejectUnauthorized":true}', PlanetScaleDatabase],
  ['mysql://root@127.0.0.1:3306/links', MySql2Database],
])('%s: the driver and what the route needs of it', async (url, driver) => {
  vi.stubEnv('DATABASE_URL', url)
  const { db } = await import('../db/index.ts')
  expect(db).toBeInstanceOf(driver)
  // Refused at set-up, if the adapter could not keep its promise on this driver.
  expect((await import('../lib/clerk-sync.ts')).clerkSync.handler).toBeTypeOf('function')
})

import { postgresDatabase, startServer } from '@examples/testing'
import { expect, it, onTestFinished } from 'vitest'

const cwd = import.meta.dirname

it('a server that ends before it listens is reported with what it printed', async () => {
  const command = ['node', '-e', 'console.error("no such table"); process.exit(3)'] as const
  await expect(startServer({ cwd, command: [...command] })).rejects.toThrow(/ended with 3[\s\S]*no such table/)
})

it('a server is stopped with the processes that it started', async () => {
  const script = `require('node:child_process').spawn(process.execPath, ['-e', 'require("node:http").createServer((_, r) => r.end("up")).listen(process.env.PORT)'], { stdio: 'inherit' })`
  const server = await startServer({ cwd, command: ['node', '-e', script] })
  expect(await (await fetch(server.url)).text()).toBe('up')
  await server.stop()
  await expect(fetch(server.url)).rejects.toThrow()
})

it('a database can go away for the example, and stays there for the test', async () => {
  const database = await postgresDatabase('example_testing')
  const { default: pg } = await import('pg')
  const pool = new pg.Pool({ connectionString: database.url, connectionTimeoutMillis: 2_000 })
  pool.on('error', () => {})
  onTestFinished(async () => {
    await pool.end()
    await database.close()
  })
  expect((await pool.query('select 1 as one')).rows).toEqual([{ one: 1 }])
  await database.away()
  await expect(pool.query('select 1')).rejects.toThrow()
  expect(await database.query('select ? + 1 as two', 1)).toEqual([{ two: 2 }])
  await database.back()
  expect((await pool.query('select 1 as one')).rows).toEqual([{ one: 1 }])
})

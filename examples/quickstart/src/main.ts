// `npm run demo` tells the story and ends; `npm run demo -- --serve` serves.
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { DeliveryResult } from '@clerk-sync/core'
import { noticeOf } from './feed.ts'
import { adapterNames } from './open-store.ts'
import { ownFile } from './own-file.ts'
import { printable, reasonOf } from './printed.ts'
import { startServer } from './server.ts'
import { type Database, nameOf, readSettings, type Settings } from './settings.ts'
import { tellStory } from './story.ts'
import { USAGE } from './usage.ts'

try {
  const args = process.argv.slice(2)
  if (args.includes('--help') || args.includes('-h')) {
    console.log(USAGE)
    process.exit()
  }
  const settings = readSettings(args, process.env, adapterNames)
  if (settings.serve) await serve(settings)
  else process.exitCode = (await story(settings)) ? 0 : 1
} catch (error) {
  console.error(`error: ${reasonOf(error)}`)
  process.exitCode = 1
}

async function serve(settings: Settings): Promise<void> {
  const database = settings.database ?? ownFile(settings.mode)
  const server = await start(settings, database, settings.port ?? 3000, logDelivery)
  let closing = false
  const end = () => {
    // A terminal and npm both send the signal.
    if (closing) return
    closing = true
    server.close().catch((error) => {
      console.error(`error: ${reasonOf(error)}`)
      process.exitCode = 1
    })
  }
  process.on('SIGINT', end)
  process.on('SIGTERM', end)
  console.log(`ready ${server.url} pid ${process.pid}`)
}

/** @returns whether everything was as the story says. */
async function story(settings: Settings): Promise<boolean> {
  const directory = settings.database ? undefined : mkdtempSync(join(tmpdir(), 'clerk-sync-'))
  try {
    const database = settings.database ?? { dialect: 'sqlite', address: join(directory ?? '', 'story.db') }
    const server = await start(settings, database, settings.port ?? 0, () => {})
    try {
      return await tellStory(server.url, settings.signingSecret)
    } finally {
      await server.close()
    }
  } finally {
    if (directory) rmSync(directory, { recursive: true, force: true })
  }
}

function start(settings: Settings, database: Database, port: number, onResult: (result: DeliveryResult) => void) {
  console.log(`database ${nameOf(database)}`)
  if (settings.secretIsNew) console.log(`CLERK_WEBHOOK_SIGNING_SECRET=${settings.signingSecret}`)
  const { adapter, mode, signingSecret } = settings
  return startServer({ adapter, mode, database, port, signingSecret, onResult })
}

function logDelivery(result: DeliveryResult): void {
  const { at, status, said, type, entityId } = noticeOf(result)
  console.log(printable([at, status, said, type ?? '', entityId ?? ''].join(' ').trimEnd()))
  if (!result.ok) console.error(printable(`${result.error.message}${causesOf(result.error)}`))
}

/** Codes only: a driver's message may quote the row. */
function causesOf(error: Error): string {
  const code: unknown = error.cause instanceof Error ? Reflect.get(error.cause, 'code') : undefined
  if (error.cause instanceof Error && error.cause.cause) return causesOf(error.cause)
  return typeof code === 'string' ? ` (${code})` : ''
}

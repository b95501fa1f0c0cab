// One row: a new application, installed from the registry of the rehearsal, that is compiled, built, and sent deliveries.
import { cpSync, existsSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { npm } from '../npm.mjs'
import { assertWritten, createTable, deliverTo, SECRET } from './deliver.mjs'
import { commandOf, pathWith, writeSettings } from './managers.mjs'

/** @import { Rehearsal } from './managers.mjs' */
/** @import { Row } from './row.mjs' */

const applications = join(import.meta.dirname, '../applications')

/** The scripts of an application that run before it is sent anything, where it has them. */
const STEPS = ['compile', 'command', 'build']

/**
 * @param {Row} row @param {Rehearsal} rehearsal @param {string} home a folder that is not there yet
 * @returns {Promise<{ step: string, output: string } | undefined>} where it failed, and what a user would read there
 */
export async function runRow(row, rehearsal, home) {
  const manager = row.manager ?? 'npm'
  const [command = '', ...first] = await commandOf(manager, rehearsal)
  const file = 'application.db'
  const env = {
    ...rehearsal.env,
    DATABASE_URL: join(home, file),
    CLERK_WEBHOOK_SIGNING_SECRET: SECRET,
    // What a row before it was given is not asked for again.
    npm_config_prefer_offline: 'true',
    // Wrangler and Next ask nobody outside for anything.
    CI: '1',
    WRANGLER_SEND_METRICS: 'false',
    CLOUDFLARE_CF_FETCH_ENABLED: 'false',
    NEXT_TELEMETRY_DISABLED: '1',
    PATH: await pathWith(row.node ?? '', command, rehearsal),
  }
  const run = (/** @type {string[]} */ ...args) => npm([...first, ...args], { command, cwd: home, env })

  const { scripts } = writeApplication(row, home)
  writeSettings(home, manager, rehearsal)
  let step = 'install'
  try {
    await run('install')
    for (step of STEPS) if (scripts[step]) await run('run', step)
    step = 'delivery'
    createTable(join(home, file))
    if (scripts.test) await run('run', 'test')
    else await deliverTo([command, ...first, 'run', 'start'], home, env)
    assertWritten(home, row.database ?? file)
  } catch (error) {
    return { step, output: error instanceof Error ? error.message : String(error) }
  }
}

/** @param {Row} row @param {string} home */
function writeApplication({ application, manifest, tsconfig, files = {} }, home) {
  cpSync(join(applications, application), home, { recursive: true })
  if (application !== 'workers') cpSync(join(applications, 'clerk-sync.ts'), join(home, 'src/clerk-sync.ts'))
  for (const [name, text] of Object.entries(files)) writeFileSync(join(home, name), text)
  change(join(home, 'tsconfig.json'), tsconfig)
  return change(join(home, 'package.json'), manifest)
}

/** @param {string} path @param {object} [changes] */
function change(path, changes = {}) {
  const changed = merge(existsSync(path) ? JSON.parse(readFileSync(path, 'utf8')) : {}, changes)
  writeFileSync(path, `${JSON.stringify(changed, null, 2)}\n`)
  return changed
}

/** @param {Record<string, any>} to @param {Record<string, any>} from @returns {Record<string, any>} */
function merge(to, from) {
  const entries = Object.entries(from).map(([key, value]) => {
    const isObject = value && typeof value === 'object' && !Array.isArray(value)
    return [key, isObject ? merge(to[key] ?? {}, value) : value]
  })
  return { ...to, ...Object.fromEntries(entries) }
}

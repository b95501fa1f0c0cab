#!/usr/bin/env node
import { readFileSync } from 'node:fs'
import { relative } from 'node:path'
import { parseArgs, parseEnv } from 'node:util'
import { projectHere, readEnvFiles } from '@clerk-sync/project'
import { type CaseResult, checkHost, LAST } from './host-conformance.ts'
import { ID_PREFIX } from './session.ts'

const USAGE = `Checks whether a clerk-sync webhook route works where it is deployed.

  npx @clerk-sync/host-conformance --url https://example.com/api/webhooks/clerk --env .env.production

  --url      the route
  --secret   its signing secret; default: CLERK_WEBHOOK_SIGNING_SECRET, which keeps it out of the shell's history
  --env      read this file instead of your framework's own .env files; may be repeated

The variable comes from the environment, or from the .env files that your framework reads in development, as for
clerk-sync: .env alone with Express, for example, and .env.local before it with Next.js. A deployment has a secret of
its own: name the file that holds it, or set the variable.

It creates about 30 users whose ids begin with ${ID_PREFIX}, and deletes them. Their rows stay, as
tombstones. Your hooks run for them.

All of the report goes to standard output, the summary in its last lines; standard error has wrong usage alone.
Exit codes: 0 all passed; 1 a case failed; 2 wrong usage.`

const VARIABLE = 'CLERK_WEBHOOK_SIGNING_SECRET'

/** The route, its secret, and where the secret comes from, for people. */
function configuration(): { url: string; secret: string; origin: string } {
  const { values } = parseArgs({
    options: {
      url: { type: 'string' },
      secret: { type: 'string' },
      env: { type: 'string', multiple: true },
      help: { type: 'boolean', short: 'h' },
    },
  })
  if (values.help) {
    console.log(USAGE)
    process.exit(0)
  }
  const { url } = values
  if (!url || !/^https?:$/.test(URL.parse(url)?.protocol ?? '')) throw new Error('--url must be a web address.')
  const given = values.secret ?? process.env[VARIABLE]
  // Whoever gives the secret needs no files, nor a package.json that says which there are.
  const files = given === undefined || values.env ? readEnvFiles(projectHere(process.cwd()), values.env) : []
  const secret = given ?? process.env[VARIABLE]
  if (secret) return { url, secret, origin: values.secret ? '--secret' : originOf(given, files) }
  const read = files.map((path) => relative(process.cwd(), path)).join(', ') || 'none'
  throw new Error(`There is no secret: set ${VARIABLE}, or give --secret. The .env files that were read: ${read}.`)
}

function originOf(given: string | undefined, files: readonly string[]): string {
  const file = files.find((path) => parseEnv(readFileSync(path, 'utf8'))[VARIABLE] !== undefined)
  return given === undefined && file ? relative(process.cwd(), file) : `${VARIABLE} of the environment`
}

const printed = new Set<string>()

/** A cause that many cases have in common is printed with the first of them. */
function print({ name, failure, hint = '' }: CaseResult): void {
  if (failure === undefined) {
    console.log(`ok    ${name}`)
    return
  }
  const lines = [failure.slice(0, failure.length - hint.length).trim(), hint].filter(
    (line) => line && !printed.has(line),
  )
  for (const line of lines) printed.add(line)
  console.log([`FAIL  ${name}`, ...(lines.length > 0 ? lines : ['As above.'])].join('\n      '))
}

const USERS = `from users where <the column of the Clerk id> like '${ID_PREFIX}%'`
const REMOVAL = `They go in this order, by the names that your database has:
  delete from <each table that your hooks fill> where <its column of the user> in (select <what that refers to> ${USERS})
  delete ${USERS}`

/** What was not looked at, and what the run leaves behind. */
function closing(results: readonly CaseResult[]): string {
  const refusals = results.reduce((sum, one) => sum + one.refusals, 0)
  const looked = results.some(({ queued }) => queued)
    ? 'The route has a queue, and answers "queued": what its worker stores was not looked at.'
    : 'The answers were looked at, and no rows.'
  return `${looked} ${refusals} refusals in the server's log are of this run.
Rows of these users, where any were made, stay as tombstones. ${REMOVAL}`
}

/** What a run may leave behind that nothing answered: the users were not deleted. */
function closingUnanswered(results: readonly CaseResult[]): string[] {
  const unanswered = results.reduce((sum, one) => sum + one.unanswered, 0)
  if (unanswered === 0) return []
  return [`${unanswered} deliveries went out and had no answer: their users may be stored, or may yet be. ${REMOVAL}`]
}

try {
  // Many routers and platforms answer these two themselves, and may.
  const capabilities = { get: 'host', tooLarge: 'host' } as const
  const { origin, ...route } = configuration()
  const results = await checkHost({ ...route, capabilities }, print)
  const failed = results.filter(({ failure }) => failure !== undefined).length
  const isWhole = results.at(-1)?.name === LAST
  console.log(`Signed with the secret of ${origin}.`)
  console.log(`${results.length - failed} passed, ${failed} failed${isWhole ? '' : '; the other cases were not sent'}`)
  for (const line of isWhole ? [closing(results)] : closingUnanswered(results)) console.log(line)
  process.exitCode = failed > 0 ? 1 : 0
} catch (error) {
  console.error(`${error instanceof Error ? error.message : String(error)}\n\n${USAGE}`)
  process.exitCode = 2
}

import { loadApplication, type ModuleOptions } from '../application/load-application.ts'
import { type Context, type MakeCommand, newCommand, withEnv, withJson, withModule } from '../command.ts'
import { isSecret, urlOf } from '../deliveries/settings.ts'
import { checkContents } from '../doctor/contents.ts'
import { checkDatabaseUrl } from '../doctor/database-url.ts'
import type { Finding } from '../doctor/finding.ts'
import { checkInstance } from '../doctor/instance.ts'
import { leastPrivileges } from '../doctor/privileges.ts'
import { checkRoute } from '../doctor/route.ts'
import { checkSecretKey } from '../doctor/secret-key.ts'
import { checkSigningSecret } from '../doctor/signing-secret.ts'
import { checkLedger, checkTables, listEvents } from '../doctor/tables.ts'
import type { Outcome } from '../output.ts'

const EXAMPLES = [
  { command: 'clerk-sync doctor', what: 'on your machine, with the development server running' },
  { command: 'clerk-sync doctor --url https://example.com/api/webhooks/clerk --json', what: 'as a scheduled job' },
]

const DESCRIPTION =
  'Looks for what keeps the tables from following Clerk: the secret, the key and the instance, the clock, the route, the ' +
  'body, the tables and what is in them, the events to subscribe to. Each finding comes with its fix. It stores nothing. Exit code 1 when ' +
  'something is wrong, so that a scheduled job can be the alarm for an endpoint that is disabled.'

interface Options extends ModuleOptions {
  readonly url?: string
}

export const doctorCommand: MakeCommand = (context, done) =>
  withJson(withEnv(withModule(newCommand('doctor', DESCRIPTION, EXAMPLES))))
    .option(
      '--url <url>',
      "your route; default: /api/webhooks/clerk on this machine, on PORT or your framework's own port",
    )
    .action(async (options: Options) => done(await doctor(context, options)))

async function doctor({ output, signal }: Context, options: Options): Promise<Outcome> {
  const { clerkSync, framework, module } = await loadApplication(options)
  const url = urlOf(options.url, framework.port)
  const description = clerkSync.describe()
  const findings: Finding[] = []
  const add = (...found: readonly Finding[]) => {
    findings.push(...found)
    for (const finding of found) print(finding, output.line.bind(output))
  }
  output.line(`${module}: ${description.adapter}`)
  const secret = process.env.CLERK_WEBHOOK_SIGNING_SECRET
  add(checkSigningSecret(secret), checkSecretKey(process.env), ...checkDatabaseUrl(process.env))
  if (process.env.CLERK_SECRET_KEY) add(...(await checkInstance(description.instanceId, process.env, signal)))
  const usable = secret && isSecret(secret) ? secret : undefined
  add(await checkRoute(url, options.url !== undefined, usable, signal))
  const tables = await checkTables(clerkSync)
  add(...tables, listEvents(description))
  if (!tables.some(({ severity }) => severity === 'error')) {
    if (description.ledger || description.tables.some(({ versions }) => versions === 'beside'))
      add(...(await checkLedger(clerkSync)))
    add(...(await checkContents(clerkSync, process.env, signal)))
  }
  const count = (severity: Finding['severity']) => findings.filter((finding) => finding.severity === severity).length
  const privileges = leastPrivileges(description)
  output.line('\nThe least that the role of the database needs:')
  for (const { mode, grants } of privileges) {
    output.line(`  ${mode}`)
    for (const grant of grants) output.line(`    ${grant}`)
  }
  if (description.ledger) output.line('  What your hooks read and write cannot be known, and comes on top.')
  output.line(`\n${plural(count('error'), 'error')}, ${plural(count('warning') + count('unknown'), 'warning')}`)
  return { ok: count('error') === 0, errors: count('error'), warnings: count('warning'), findings, privileges }
}

const plural = (n: number, word: string) => `${n} ${word}${n === 1 ? '' : 's'}`

const MARKS = { ok: 'ok      ', note: 'note    ', warning: 'warning ', error: 'ERROR   ', unknown: '?       ' } as const

function print({ check, severity, message, fix }: Finding, line: (text: string) => void): void {
  line(`${MARKS[severity]} ${check}: ${message}`)
  if (fix !== undefined) line(`           ${fix}`)
}

import { once } from 'node:events'
import { projectHere } from '@clerk-sync/project'
import { loadApplication, type ModuleOptions } from '../application/load-application.ts'
import { type Context, type MakeCommand, newCommand, withEnv, withModule } from '../command.ts'
import { withEndpoint } from '../deliveries/endpoint-options.ts'
import { SCENARIOS } from '../deliveries/events.ts'
import { shown } from '../deliveries/send.ts'
import { secretOf, urlOf } from '../deliveries/settings.ts'
import { NotAllowed } from '../dev/guard.ts'
import { RecentDeliveries } from '../dev/recent-deliveries.ts'
import { removeRecorderFile, writeRecorderFile } from '../dev/recorder-file.ts'
import { runDoctor } from '../dev/run-doctor.ts'
import { sendDeliveries } from '../dev/send-deliveries.ts'
import { startPage } from '../dev/start-page.ts'
import { countTables, listLetters } from '../dev/tables.ts'
import { UsageError } from '../errors.ts'
import type { Outcome } from '../output.ts'
import { wholeNumber } from '../whole-number.ts'

const EXAMPLES = [
  { command: 'clerk-sync dev', what: 'beside your development server; prints the address of the page' },
  { command: 'clerk-sync dev --allow-send', what: 'with buttons that send made-up deliveries to it' },
]

const DESCRIPTION =
  'Serves a page to look at while you develop: deliveries as they come, why each ended as it did, the row before and ' +
  'after, what a hook threw, the tables beside what Clerk has, dead letters, and what doctor says. For deliveries to be ' +
  'seen, export const clerkSync = recordDeliveries(createClerkSync({ … })), of @clerk-sync/core/dev. It is served to this ' +
  'machine alone, and what it shows is kept in memory alone.'

const PORT = 4390

interface Options extends ModuleOptions {
  readonly port: number
  readonly allowSend?: true
  readonly url?: string
  readonly secret?: string
}

export const devCommand: MakeCommand = (context, done) =>
  withEnv(withModule(withEndpoint(newCommand('dev', DESCRIPTION, EXAMPLES))))
    .option('--port <n>', 'of the page; another one where it is taken', wholeNumber('--port'), PORT)
    .option(
      '--allow-send',
      'let the page send deliveries to your route, which write into your tables: scenarios, and those that it shows',
    )
    .action(async (options: Options) => done(await dev(context, options)))

async function dev({ output, signal }: Context, options: Options): Promise<Outcome> {
  // For doctor, which reads the .env files as they are when it runs. A secret among its arguments would be seen by others.
  const env = { ...process.env, ...(options.secret && { CLERK_WEBHOOK_SIGNING_SECRET: options.secret }) }
  const { clerkSync, module, folder, framework } = await loadApplication(options)
  const url = urlOf(options.url, framework.port)
  const endpoint = options.allowSend && { url: ownMachine(url), secret: secretOf(options.secret) }
  const recent = new RecentDeliveries()
  const described = clerkSync.describe()
  // Its module may lie in a package that it shares with others.
  const folders = [...new Set([folder, projectHere(process.cwd()).folder])]

  const page = await startPage(options.port, recent, {
    get: {
      state: () => ({
        module,
        adapter: described.adapter,
        route: shown(url),
        folders,
        maySend: endpoint !== undefined,
        scenarios: SCENARIOS,
      }),
      // Its rows are in the memory of the application's own process.
      tables: () => (described.adapter === 'memory' ? undefined : countTables(clerkSync, signal)),
      letters: () => (described.adapter === 'memory' ? undefined : listLetters(clerkSync)),
    },
    post: {
      doctor: () => runDoctor(optionsOfDoctor(options), env, signal),
      send: (wish) => {
        if (!endpoint) throw new NotAllowed('Nothing is sent: clerk-sync dev was started without --allow-send.')
        return sendDeliveries(Object(wish), endpoint, { clerkSync, recent, signal })
      },
    },
  })
  const files = folders.map((one) => writeRecorderFile(one, page.recorder))
  const remove = () => {
    for (const file of files) removeRecorderFile(file, page.recorder)
  }
  process.once('exit', remove)

  output.line(`Open ${page.url}`)
  output.note(`Deliveries to the application of ${module} are shown there. Ctrl-C ends it.`)
  if (!signal.aborted) await once(signal, 'abort')
  remove()
  await page.close()
  return { ok: true }
}

/** It is made for a development server: `trigger` sends elsewhere. @throws UsageError */
function ownMachine(url: URL): URL {
  if (/^(localhost|.*\.localhost|127(\.\d+){3}|\[::1\])$/.test(url.hostname)) return url
  throw new UsageError(
    `clerk-sync dev --allow-send sends to this machine alone, and --url names ${url.hostname}. Use clerk-sync trigger for another.`,
  )
}

function optionsOfDoctor({ module, env = [], url }: Options): string[] {
  return [
    ...(module === undefined ? [] : ['--module', module]),
    ...env.flatMap((file) => ['--env', file]),
    ...(url === undefined ? [] : ['--url', url]),
  ]
}

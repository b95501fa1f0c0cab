import { restore as bringBack } from '@clerk-sync/core/clerk-api'
import { loadApplication, type ModuleOptions } from '../application/load-application.ts'
import { type Context, type MakeCommand, newCommand, withEnv, withJson, withModule } from '../command.ts'
import { UsageError } from '../errors.ts'
import type { Outcome } from '../output.ts'
import { needSecretKey } from '../runs/run-options.ts'

const EXAMPLES = [{ command: 'clerk-sync restore user_…', what: 'a user whom the table calls deleted, and Clerk has' }]

const DESCRIPTION =
  'Brings a row back that was marked as deleted and that you know to be alive, if Clerk has it. What a foreign key took ' +
  'with it does not come back.'

const KINDS = {
  user: 'user',
  org: 'organization',
  orgmem: 'organizationMembership',
  orginv: 'organizationInvitation',
  orgdmn: 'organizationDomain',
} as const

const SAID = {
  restored: 'The row is alive again, with what Clerk has.',
  not_deleted: 'The row was not deleted: nothing was written.',
  absent: 'Clerk does not have it: nothing was written.',
} as const

export const restoreCommand: MakeCommand = (context, done) =>
  withJson(withEnv(withModule(newCommand('restore', DESCRIPTION, EXAMPLES))))
    .argument('<id>', 'the Clerk id')
    .action(async (id: string, options: ModuleOptions) => done(await restore(context, id, options)))

async function restore({ output, signal }: Context, id: string, options: ModuleOptions): Promise<Outcome> {
  const kind = /^([a-z]+)_\w+$/.exec(id)?.[1] ?? ''
  const entity = Object.hasOwn(KINDS, kind) ? KINDS[kind as keyof typeof KINDS] : undefined
  if (entity === undefined) {
    throw new UsageError(
      `${id} is no Clerk id: they begin with ${Object.keys(KINDS)
        .map((one) => `${one}_`)
        .join(', ')}.`,
    )
  }
  const { clerkSync } = await loadApplication(options)
  needSecretKey()
  const outcome = await bringBack(clerkSync, { entity, id, signal })
  output.line(SAID[outcome])
  return { ok: outcome === 'restored', entity, id, outcome }
}

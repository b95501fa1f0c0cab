import { restore as bringBack, type ListedEntity, listedEntities } from '@clerk-sync/core/clerk-api'
import { loadApplication, type ModuleOptions } from '../application/load-application.ts'
import { type Context, type MakeCommand, newCommand, withEnv, withJson, withModule } from '../command.ts'
import { UsageError } from '../errors.ts'
import type { Outcome } from '../output.ts'
import { needSecretKey } from '../runs/run-options.ts'

const EXAMPLES = [{ command: 'clerk-sync restore user_…', what: 'a user whom the table calls deleted, and Clerk has' }]

const DESCRIPTION =
  'Brings a row back that was marked as deleted and that you know to be alive, if Clerk has it. What a foreign key took ' +
  'with it does not come back.'

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
  const entity = entityOf(id)
  const { clerkSync } = await loadApplication(options)
  needSecretKey()
  const outcome = await bringBack(clerkSync, { entity, id, signal })
  output.line(SAID[outcome])
  return { ok: outcome === 'restored', entity, id, outcome }
}

/** `csub_item_…` is no `csub_…`: the longest prefix says. */
function entityOf(id: string): ListedEntity {
  const own = listedEntities.filter(
    ({ idPrefix }) => id.startsWith(idPrefix) && /^\w+$/.test(id.slice(idPrefix.length)),
  )
  const longest = own.sort((a, b) => b.idPrefix.length - a.idPrefix.length)[0]
  if (longest) return longest.entity
  const prefixes = listedEntities.map(({ idPrefix }) => idPrefix).join(', ')
  throw new UsageError(`${id} is no Clerk id: they begin with ${prefixes}.`)
}

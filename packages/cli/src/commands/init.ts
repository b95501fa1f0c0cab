import { mkdirSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { confirm, isCancel } from '@clack/prompts'
import { frameworks } from '@clerk-sync/project'
import { Option } from 'commander'
import { type Context, type MakeCommand, newCommand, withJson } from '../command.ts'
import { EXIT, UsageError } from '../errors.ts'
import { chooseFrom, type InitOptions } from '../init/ask.ts'
import { DATABASES, ORMS, TABLES } from '../init/choices.ts'
import { diffOf } from '../init/diff.ts'
import { type Plan, planFor } from '../init/plan.ts'
import { lookAt } from '../init/project.ts'
import type { Outcome, Output } from '../output.ts'

const EXAMPLES = [
  { command: 'clerk-sync init', what: 'looks at the project, asks the rest, shows the diff, asks before it writes' },
  { command: 'clerk-sync init --orm drizzle --database postgres --yes', what: 'asks nothing' },
  { command: 'clerk-sync init --dry-run', what: 'shows what it would write' },
]

const DESCRIPTION =
  'Writes the schema, the module that exports clerkSync, the route, the lines of .env, the settings of the ORM, and the ' +
  'exception in the middleware, and says what is left to do. It shows the diff first, and overwrites nothing unasked. A second run ' +
  'changes nothing.'

export const initCommand: MakeCommand = (context, done) =>
  withJson(newCommand('init', DESCRIPTION, EXAMPLES))
    .addOption(
      new Option('--framework <name>', 'default: what package.json says').choices(frameworks.map(({ name }) => name)),
    )
    .addOption(new Option('--orm <name>', 'default: what package.json says').choices(ORMS))
    .addOption(new Option('--database <name>', 'default: what package.json and the ORM say').choices(DATABASES))
    .addOption(new Option('--tables <names...>', 'which tables to keep; default: users').choices(TABLES))
    .option('--no-ledger', 'leave out the table of processed messages, which hooks need')
    .option('--skill', 'copy the skill for coding agents, to .claude/skills or .agents/skills')
    .option('--no-skill', 'do not ask for it')
    .option('--yes', 'write without asking')
    .option('--dry-run', 'show the diff, and write nothing')
    .option('--overwrite', 'replace files that are there and differ')
    .action(async (options: InitOptions) => done(await init(context, options)))

async function init({ output }: Context, options: InitOptions): Promise<Outcome> {
  const project = lookAt(process.cwd())
  if (!project.has('package.json')) {
    throw new UsageError('There is no package.json here: run it in the folder of your application.')
  }
  const choices = await chooseFrom(project, options, output.interactive)
  const { framework, orm, database } = choices
  output.line(`${framework}, ${orm}, ${database}: ${choices.tables.join(', ')}\n`)
  const plan = planFor(project, choices, options.overwrite === true)
  show(plan, output)
  const write = plan.changes.length > 0 && (await mayWrite(options, output))
  for (const { path, after } of write ? plan.changes : []) {
    mkdirSync(dirname(join(project.folder, path)), { recursive: true })
    writeFileSync(join(project.folder, path), after)
  }
  const paths = plan.changes.map(({ path }) => path)
  if (plan.changes.length === 0) output.line('Nothing to write: all of it is there.')
  else output.line(write ? `Wrote ${paths.join(', ')}.` : 'Nothing was written.')
  const todo = [...plan.install, ...plan.steps]
  output.line(`\nLeft to do:\n${todo.map((step, n) => `  ${n + 1}. ${step}`).join('\n')}`)
  const kept = plan.kept.map(({ path }) => path)
  return {
    ok: true,
    ...choices,
    written: write ? paths : [],
    planned: write ? [] : paths,
    kept,
    elsewhere: plan.elsewhere,
    todo,
  }
}

function show({ changes, kept, elsewhere }: Plan, output: Output): void {
  for (const { path, before, after } of changes) {
    output.line(before === undefined ? `${path} (new)` : path)
    // Hundreds of lines that are to be read elsewhere, unless some of them are somebody's own.
    if (before === undefined && path.endsWith('/SKILL.md')) continue
    // What a .env file has already may be secret, and stays unsaid.
    const lines = diffOf(before ?? '', after).filter((line) => !/(^|\/)\.env/.test(path) || line.startsWith('+'))
    output.line(`${lines.map((line) => `  ${line}`.trimEnd()).join('\n')}\n`)
  }
  for (const line of elsewhere) output.line(`${line}\n`)
  for (const { path } of kept) output.line(`${path} is there and stays as it is; --overwrite would replace it.\n`)
}

async function mayWrite({ yes, dryRun }: InitOptions, output: Output): Promise<boolean> {
  if (dryRun) return false
  if (yes) return true
  if (!output.interactive) {
    throw new UsageError(
      'Nothing was written: there is no terminal to ask on. Add --yes to write, or --dry-run to look.',
    )
  }
  const answer = await confirm({ message: 'Write this?' })
  if (isCancel(answer)) process.exit(EXIT.interrupted)
  return answer
}

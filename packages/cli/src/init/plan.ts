import { type FrameworkName, frameworks } from '@clerk-sync/project'
import { eventTypes } from '@clerk-sync/testing'
import { ROUTE } from '../deliveries/settings.ts'
import { page } from '../manifest.ts'
import type { Change } from './change.ts'
import type { Choices, Orm } from './choices.ts'
import { addEnvLines, databaseStep, envFilesOf, loadingStep } from './env-lines.ts'
import { keepOutOfGit } from './git-ignore.ts'
import { letThrough } from './middleware.ts'
import { writeDrizzle } from './orms/drizzle.ts'
import { writeKysely } from './orms/kysely.ts'
import type { OrmParts, OrmWriter, Place } from './orms/orm-parts.ts'
import { writePrisma } from './orms/prisma.ts'
import { importExtension, type Project } from './project.ts'
import { writeRoute } from './route.ts'
import { editServer, registeredIn, registrationOf, serverFile } from './server-file.ts'
import { skillPath, skillText } from './skill.ts'
import { fillStep, linkSteps, ownTableSteps, waitsForIds } from './tables-before/steps.ts'
import type { TableBefore } from './tables-before/table-before.ts'
import { tablesBefore } from './tables-before/tables-before.ts'

export interface Plan {
  readonly changes: readonly Change[]
  /** Files that are there and differ: they stay, unless --overwrite is given. */
  readonly kept: readonly Change[]
  /** The commands that install what is missing. */
  readonly install: readonly string[]
  /** What is not written, since it stands elsewhere, each with where. */
  readonly elsewhere: readonly string[]
  /** What is left to do by hand, in its order. */
  readonly steps: readonly string[]
}

const WRITERS: { readonly [O in Orm]: OrmWriter } = { drizzle: writeDrizzle, kysely: writeKysely, prisma: writePrisma }

/** All that `init` would write, and what it leaves to the operator. Reads the project, and writes nothing. */
export function planFor(project: Project, choices: Choices, overwrite: boolean): Plan {
  const { framework } = choices
  const path = modulePath(project, framework)
  const place = placeOf(project, framework, path)
  const module = project.read(`${path}.ts`)
  const before = tablesBefore(project, choices, module ?? '')
  const parts = WRITERS[choices.orm]({ choices, place, project, before, module })
  const edits = [...(parts.edits ?? [])]
  const files: Record<string, string> = { ...parts.files, [`${path}.ts`]: parts.module }
  const steps: string[] = []
  const route = writeRoute(project, framework, path, place)
  const registered = registeredIn(project)
  const elsewhere = [...(parts.elsewhere ?? [])]
  if (registered !== undefined && !(route && project.has(route.path))) {
    if (route) elsewhere.push(`${route.path} is not written: ${registered} has the route.`)
  } else if (route) files[route.path] = route.text
  else edits.push(...serverEdits(project, framework, path, place.extension, steps))
  if (choices.skill) files[skillPath(project)] = skillText()
  const { edit, step } = letThrough(project)
  if (edit) edits.push(edit)
  const env = addEnvLines(project, choices, parts)
  const ignored = env && keepOutOfGit(project, env.path)
  edits.push(...[env, ignored].filter((change) => change !== undefined))
  const fresh = Object.entries(files).map(([path, after]): Change => ({ path, before: project.read(path), after }))
  const differing = fresh.filter(({ before, after }) => before !== undefined && before !== after)
  const kept = overwrite ? [] : differing
  const changes = [...fresh, ...edits].filter((change) => change.before !== change.after && !kept.includes(change))
  const isNew = changes.some((change) => change.path === route?.path && change.before === undefined)
  return {
    changes,
    kept,
    elsewhere,
    install: installs(project, parts),
    steps: [
      ...ownTableSteps(before, choices),
      ...parts.steps,
      ...databaseStep(project, framework, parts, path),
      ...steps,
      ...(isNew ? (route?.steps ?? []) : []),
      ...(step ? [step] : []),
      ...loadingStep(project, framework),
      ...last(
        choices,
        project,
        `${path}.ts`,
        before.find(({ table }) => table === 'users'),
      ),
    ],
  }
}

/** The first place of the framework that fits; where one is there already, that one. */
function modulePath(project: Project, name: FrameworkName): string {
  const { has } = project
  const [first = '', ...others] = frameworks.find((framework) => framework.name === name)?.modules ?? []
  const there = [first, ...others].find((path) => has(`${path}.ts`)) ?? moduleElsewhere(project)
  if (there !== undefined) return there
  if (name !== 'nextjs') return first
  return has('src/app') || has('src/pages') ? (others[0] ?? first) : first
}

/** A module of another name that exports clerkSync. */
function moduleElsewhere(project: Project): string | undefined {
  const made = /export\s+const\s+clerkSync\s*=[^\n;]*createClerkSync\(/
  const found = project.sources().find(({ path, text }) => path.endsWith('.ts') && made.test(text))
  return found?.path.replace(/\.ts$/, '')
}

function placeOf(project: Project, framework: FrameworkName, path: string): Place {
  const astro = framework === 'astro'
  return {
    folder: path.slice(0, path.lastIndexOf('/') + 1),
    extension: importExtension(project, framework, serverFile(project)),
    env: (name) => (astro ? `getSecret('${name}')` : `process.env.${name}`),
    // Astro keeps its .env files out of process.env.
    envImports: astro ? ["import { getSecret } from 'astro:env/server'"] : [],
    envFiles: envFilesOf(framework),
    options: astro ? ["signingSecret: getSecret('CLERK_WEBHOOK_SIGNING_SECRET')"] : [],
  }
}

function serverEdits(
  project: Project,
  framework: FrameworkName,
  path: string,
  extension: string,
  steps: string[],
): Change[] {
  const edit = editServer(project, framework, path, extension)
  if (edit === 'done') return []
  if (edit) return [edit]
  const registration = registrationOf(framework)
  if (registration)
    steps.push(`Register the route where your server is made, first of all: ${registration.line('app')}`)
  return []
}

function installs({ dependencies, packageManager }: Project, { packages, developmentPackages }: OrmParts): string[] {
  const add = packageManager === 'npm' ? 'npm install' : `${packageManager} add`
  const missing = (names: readonly string[]) => names.filter((name) => !(name in dependencies)).join(' ')
  const wanted = missing(['@clerk-sync/core', ...packages])
  const tools = missing(['@clerk-sync/cli', ...developmentPackages])
  return [...(wanted ? [`${add} ${wanted}`] : []), ...(tools ? [`${add} -D ${tools}`] : [])]
}

const ENTITY_OF = { users: 'user', organizations: 'organization', organizationMemberships: 'organizationMembership' }

/** Deliveries come as soon as there is an endpoint: rows that wait for their Clerk ids come before it. */
function last(
  { tables, ledger }: Choices,
  { exec }: Project,
  module: string,
  users: TableBefore | undefined,
): string[] {
  const events = eventTypes.filter((type) => tables.some((table) => type.startsWith(`${ENTITY_OF[table]}.`)))
  const { before, after } = linkSteps(users, exec)
  return [
    ...before,
    `Clerk Dashboard, Webhooks, Add Endpoint: your address and ${ROUTE}; subscribe to ${events.join(', ')}. Copy its signing secret to CLERK_WEBHOOK_SIGNING_SECRET.`,
    ...(users && waitsForIds(users) ? after : [fillStep(exec)]),
    ...(ledger && tables.includes('users')
      ? [
          `To do something once for each new user, in the transaction of its row: on: { 'user.created': async ({ event, tx }) => { … } } in ${module}: ${page('hooks-and-side-effects')}`,
        ]
      : []),
    `See that all is well: ${exec} clerk-sync doctor`,
  ]
}

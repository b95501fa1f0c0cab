import { confirm, isCancel, multiselect, select } from '@clack/prompts'
import { type FrameworkName, frameworks } from '@clerk-sync/project'
import { EXIT, UsageError } from '../errors.ts'
import type { DatabaseName } from '../tables/table.ts'
import { type Choices, DATABASES, ORMS, type Orm, TABLES, type TableName } from './choices.ts'
import type { Project } from './project.ts'
import { skillPath } from './skill.ts'

export interface InitOptions {
  readonly framework?: FrameworkName
  readonly orm?: Orm
  readonly database?: DatabaseName
  readonly tables?: readonly TableName[]
  readonly ledger?: boolean
  readonly skill?: boolean
  readonly yes?: true
  readonly dryRun?: true
  readonly overwrite?: true
}

/** What the flags say, else what the project shows, else what the operator answers. */
export async function chooseFrom(project: Project, options: InitOptions, interactive: boolean): Promise<Choices> {
  const names = frameworks.map(({ name }) => name)
  const title = (name: string) => frameworks.find((framework) => framework.name === name)?.title ?? name
  const one = async <T extends string>(option: string, known: T | undefined, values: readonly T[]): Promise<T> => {
    if (known !== undefined) return known
    if (!interactive) {
      throw new UsageError(`The project does not show its ${option}: say --${option} ${values.join('|')}.`)
    }
    const choices = values.map((value) => ({ value: value as string, label: title(value) }))
    const answer = await select({ message: `Which ${option === 'orm' ? 'ORM' : option}?`, options: choices })
    if (isCancel(answer)) process.exit(EXIT.interrupted)
    return answer as T
  }
  return {
    framework: await one('framework', options.framework ?? project.framework, names),
    orm: await one('orm', options.orm ?? project.orm, ORMS),
    database: await one('database', options.database ?? project.database, DATABASES),
    tables: inOrder(options.tables ?? (interactive && !options.yes ? await askTables() : ['users'])),
    ledger: options.ledger !== false,
    skill: options.skill ?? (interactive && !options.yes && (await askSkill(project))),
  }
}

async function askSkill(project: Project): Promise<boolean> {
  const path = skillPath(project)
  if (project.has(path)) return false
  const answer = await confirm({ message: `Copy the skill for coding agents to ${path}?`, initialValue: false })
  if (isCancel(answer)) process.exit(EXIT.interrupted)
  return answer
}

async function askTables(): Promise<readonly TableName[]> {
  const options = TABLES.map((value) => ({ value: value as string, label: value }))
  const answer = await multiselect({ message: 'Which tables?', options, initialValues: ['users'], required: true })
  if (isCancel(answer)) process.exit(EXIT.interrupted)
  return answer as TableName[]
}

const inOrder = (tables: readonly TableName[]) => TABLES.filter((table) => tables.includes(table))

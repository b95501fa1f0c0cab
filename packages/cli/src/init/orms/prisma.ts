import { modelName, prismaClerkTables, prismaModels } from '../../tables/prisma.ts'
import type { DatabaseName } from '../../tables/table.ts'
import type { Change } from '../change.ts'
import { type Choices, chosenTables } from '../choices.ts'
import { usersMap } from '../own-map.ts'
import { type Client, clientBefore } from './client-before.ts'
import { createCall, type Given, imports, type OrmWriter, type Place } from './orm-parts.ts'
import { namesDatabase, PRISMA_CONFIG, PRISMA_SCHEMA, prismaConfig } from './prisma-config.ts'
import { clientImport, missingModels, modelBefore, type Schema, schemaOf } from './prisma-schema.ts'
import { configOf } from './tool-config.ts'

interface Driver {
  readonly provider: string
  readonly imports: readonly string[]
  /** What stands before the client is made. */
  readonly before?: string
  connect(url: string): string
  readonly packages: readonly string[]
}

const DRIVERS: { readonly [D in DatabaseName]: Driver } = {
  postgres: {
    provider: 'postgresql',
    imports: ["import { Socket } from 'node:net'", "import { PrismaPg } from '@prisma/adapter-pg'"],
    before: `// A connection on which nothing passes for 12 s is closed, and the pool makes a new one.
function stream() {
  const socket = new Socket()
  return socket.setTimeout(12_000, () => socket.destroy())
}

`,
    connect: (url) => `new PrismaPg({ connectionString: ${url}, connectionTimeoutMillis: 5_000, stream })`,
    packages: ['@prisma/adapter-pg'],
  },
  mysql: {
    provider: 'mysql',
    imports: ["import { PrismaMariaDb } from '@prisma/adapter-mariadb'"],
    connect: (url) => `new PrismaMariaDb(${url} ?? '')`,
    packages: ['@prisma/adapter-mariadb'],
  },
  sqlite: {
    provider: 'sqlite',
    imports: ["import { PrismaBetterSqlite3 } from '@prisma/adapter-better-sqlite3'"],
    connect: (url) => `new PrismaBetterSqlite3({ url: ${url} || 'file:local.db' })`,
    packages: ['@prisma/adapter-better-sqlite3'],
  },
}

export const writePrisma: OrmWriter = (given) => {
  const { choices, place, project } = given
  const config = configOf(project, 'prisma')
  const schema = schemaOf(project)
  const isNamed = namesDatabase(schema?.text ?? '', config?.text ?? '')
  const driver = DRIVERS[choices.database]
  const client = clientBefore(project, 'prisma', place)
  const isElsewhere = schema !== undefined && schema.path !== PRISMA_SCHEMA
  const lacks = schema ? missingModels(schema.text, choices, given.module) : ''
  const generated = schema ? clientImport(schema, place) : `./generated/prisma/client${place.extension}`
  return {
    files: {
      ...(schema ? {} : { [PRISMA_SCHEMA]: `${header(driver, place)}\n${modelsOf(choices)}` }),
      // Settings that name another schema than the project's would have it reset.
      ...(config || isNamed || isElsewhere ? {} : { [PRISMA_CONFIG]: prismaConfig(choices.database, place) }),
    },
    edits: schema && !isElsewhere ? [withModels(schema, lacks)] : [],
    module: module(given, client ?? newClient(driver, generated, place), schema?.text ?? ''),
    client: client ? 'shared' : config || isNamed || isElsewhere ? 'second' : 'first',
    packages: ['@clerk-sync/adapter-prisma', '@prisma/client', ...(client ? [] : driver.packages)],
    developmentPackages: ['prisma'],
    steps: [
      ...(isElsewhere && lacks
        ? [`Add to your schema, ${schema.path}:\n\n${lacks.replaceAll(/^(?=.)/gm, '     ')}`]
        : []),
      ...(config && !isNamed
        ? [`Name the database in ${config.path}: datasource: { url: process.env.DATABASE_URL }`]
        : []),
      `Make the client and create the tables: ${project.exec} prisma generate && ${project.exec} prisma migrate dev`,
    ],
  }
}

const modelsOf = (choices: Choices) => prismaModels(chosenTables(choices), choices.database, choices)

const withModels = ({ path, text }: Schema, models: string): Change => ({
  path,
  before: text,
  after: models ? `${text.trimEnd()}\n\n${models}` : text,
})

function header({ provider }: Driver, { folder }: Place): string {
  return `generator client {
  provider = "prisma-client"
  output   = "../${folder}generated/prisma"
}

datasource db {
  provider = "${provider}"
}
`
}

const newClient = (driver: Driver, generated: string, { env }: Place): Client => ({
  name: 'prisma',
  imports: [...driver.imports, `import { PrismaClient } from '${generated}'`],
  text: `${driver.before ?? ''}export const prisma = new PrismaClient({
  adapter: ${driver.connect(env('DATABASE_URL'))},
})

`,
})

function module({ choices, place, before }: Given, client: Client, schema: string): string {
  const { envImports, options } = place
  const lines = [
    "import { prismaAdapter } from '@clerk-sync/adapter-prisma'",
    "import { createClerkSync } from '@clerk-sync/core'",
    ...envImports,
    ...client.imports,
  ]
  const delegate = (table: string) => {
    const name = modelBefore(schema, table)?.name ?? modelName(table)
    return name.charAt(0).toLowerCase() + name.slice(1)
  }
  const models = prismaClerkTables(chosenTables(choices), choices, delegate).join(', ')
  return `${imports(lines)}

${client.text}${createCall(`adapter: prismaAdapter(${client.name}, { ${models} })`, [...options, ...usersMap(before)])}`
}

import { type Choices, COLUMNS, type DatabaseName, type Table } from '../choices.ts'
import { createCall, imports, type OrmWriter, type Place } from './orm-parts.ts'

interface Driver {
  readonly provider: string
  readonly imports: readonly string[]
  connect(url: string): string
  readonly packages: readonly string[]
}

const DRIVERS: { readonly [D in DatabaseName]: Driver } = {
  postgres: {
    provider: 'postgresql',
    imports: ["import { PrismaPg } from '@prisma/adapter-pg'"],
    connect: (url) => `new PrismaPg({ connectionString: ${url}, connectionTimeoutMillis: 5_000 })`,
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
    connect: (url) => `new PrismaBetterSqlite3({ url: ${url} ?? 'file:local.db' })`,
    packages: ['@prisma/adapter-better-sqlite3'],
  },
}

export const MODELS: { readonly [T in Table]: string } = {
  users: 'User',
  organizations: 'Organization',
  organizationMemberships: 'OrganizationMembership',
}

export const PRISMA_SCHEMA = 'prisma/schema.prisma'

export const writePrisma: OrmWriter = (choices, place) => {
  const driver = DRIVERS[choices.database]
  return {
    files: { [PRISMA_SCHEMA]: `${header(driver, place)}\n${choices.tables.map(modelOf).join('\n')}` },
    module: module(choices, driver, place),
    packages: ['@clerk-sync/adapter-prisma', '@prisma/client', ...driver.packages],
    developmentPackages: ['prisma'],
    steps: [
      'With Prisma 7, prisma.config.ts names the database: datasource: { url: process.env.DATABASE_URL }',
      'Make the client and create the tables: npx prisma generate && npx prisma migrate dev',
    ],
  }
}

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

export function modelOf(table: Table): string {
  const fields = [
    { name: 'id', type: 'String', rest: '@id' },
    ...COLUMNS[table].map(({ name, required }) => ({ name, type: required ? 'String' : 'String?', rest: '' })),
    { name: 'clerkVersion', type: 'String', rest: '@default("0")' },
    { name: 'deletedAt', type: 'DateTime?', rest: '' },
  ]
  const width = Math.max(...fields.map(({ name }) => name.length))
  const lines = fields.map(({ name, type, rest }) =>
    `  ${name.padEnd(width)} ${rest ? type.padEnd('DateTime?'.length) : type} ${rest}`.trimEnd(),
  )
  return `model ${MODELS[table]} {\n${lines.join('\n')}\n}\n`
}

function module({ tables }: Choices, driver: Driver, { env, envImports, options, extension }: Place): string {
  const lines = [
    "import { prismaAdapter } from '@clerk-sync/adapter-prisma'",
    "import { createClerkSync } from '@clerk-sync/core'",
    ...envImports,
    ...driver.imports,
    `import { PrismaClient } from './generated/prisma/client${extension}'`,
  ]
  const lower = (table: Table) => MODELS[table].charAt(0).toLowerCase() + MODELS[table].slice(1)
  const models = tables.map((table) => `${table}: '${lower(table)}'`).join(', ')
  return `${imports(lines)}

export const prisma = new PrismaClient({
  adapter: ${driver.connect(env('DATABASE_URL'))},
})

${createCall(`adapter: prismaAdapter(prisma, { ${models} })`, options)}`
}

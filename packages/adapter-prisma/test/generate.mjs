// The clients that the tests are run with.   node test/generate.mjs   Also the global set-up of the tests.
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { generateClient } from '@clerk-sync/bare-machine/prisma-clients'
import { kitModels } from './kit/models.ts'

const test = import.meta.dirname

/**
 * @typedef {object} Client
 * @property {string} name of the folder
 * @property {6 | 7} major of Prisma
 * @property {'prisma-client' | 'prisma-client-js'} generator
 * @property {'postgresql' | 'mysql' | 'sqlite'} provider
 * @property {string} models the text of the schema, without generator and datasource
 */

/** @returns {Client[]} */
function clients() {
  const schema = (/** @type {string} */ name) => readFileSync(join(test, 'schemas', `${name}.prisma`), 'utf8')
  const named = (/** @type {Client['provider']} */ provider) =>
    /** @type {const} */ ({
      name: `named-${provider}`,
      major: 7,
      generator: 'prisma-client',
      provider,
      models: schema('named'),
    })
  const kit = kitModels()
  const beside = kitModels('beside')
  const readmeText = readFileSync(join(test, '../README.md'), 'utf8')
  const shown = Array.from(readmeText.matchAll(/```prisma\n([\s\S]*?)```/g), ([, text = '']) => text)
  /** What it says of the generator and the database stands before the first model. */
  const models = (/** @type {string} */ mark) =>
    shown.find((text) => text.includes(mark))?.replace(/^[\s\S]*?(?=model )/, '')
  const [readme, unaltered, plans] = ['generator client', 'As they were before', 'model Role'].map(models)
  const ledger = /^model ClerkEvent [\s\S]*?^}/m.exec(readme ?? '')?.[0]
  if (!readme || !unaltered || !plans || !ledger) {
    throw new Error('README.md does not show its three schemas, and the ledger.')
  }
  const adopting = readFileSync(join(test, '../../../docs/adopting.md'), 'utf8')
  const adopted = /```prisma\n([\s\S]*?)```/.exec(adopting)?.[1]
  if (!adopted) throw new Error('docs/adopting.md does not show the model.')
  const skill = readFileSync(join(test, '../../../skills/syncing-users/SKILL.md'), 'utf8')
  const skilled = /```prisma\n([\s\S]*?)```/.exec(skill)?.[1]
  if (!skilled) throw new Error('skills/syncing-users/SKILL.md does not show the models.')
  const readmeBeside = `${unaltered}\n${ledger}`
  /** @param {string} application */
  const tables = (application) =>
    /** @type {const} */ ({
      name: `tables-${application}`,
      major: 7,
      generator: 'prisma-client',
      provider: 'postgresql',
      models: readFileSync(join(test, 'fixtures/tables', application, 'schema.prisma'), 'utf8'),
    })
  return [
    tables('link-in-bio'),
    tables('b2b'),
    tables('billing'),
    { name: 'postgres', major: 7, generator: 'prisma-client', provider: 'postgresql', models: kit },
    { name: 'mysql', major: 7, generator: 'prisma-client-js', provider: 'mysql', models: kit },
    { name: 'sqlite', major: 7, generator: 'prisma-client', provider: 'sqlite', models: kit },
    { name: 'postgres', major: 6, generator: 'prisma-client-js', provider: 'postgresql', models: kit },
    { name: 'mysql', major: 6, generator: 'prisma-client', provider: 'mysql', models: kit },
    { name: 'sqlite', major: 6, generator: 'prisma-client', provider: 'sqlite', models: kit },
    { name: 'postgres-beside', major: 7, generator: 'prisma-client', provider: 'postgresql', models: beside },
    { name: 'mysql-beside', major: 7, generator: 'prisma-client-js', provider: 'mysql', models: beside },
    { name: 'sqlite-beside', major: 7, generator: 'prisma-client', provider: 'sqlite', models: beside },
    { name: 'postgres-beside', major: 6, generator: 'prisma-client-js', provider: 'postgresql', models: beside },
    { name: 'mysql-beside', major: 6, generator: 'prisma-client', provider: 'mysql', models: beside },
    { name: 'sqlite-beside', major: 6, generator: 'prisma-client', provider: 'sqlite', models: beside },
    {
      name: 'application',
      major: 7,
      generator: 'prisma-client',
      provider: 'postgresql',
      models: schema('application'),
    },
    {
      name: 'application',
      major: 6,
      generator: 'prisma-client-js',
      provider: 'postgresql',
      models: schema('application'),
    },
    named('postgresql'),
    named('mysql'),
    named('sqlite'),
    { name: 'wrong', major: 7, generator: 'prisma-client', provider: 'postgresql', models: schema('wrong') },
    { name: 'wrong', major: 6, generator: 'prisma-client-js', provider: 'mysql', models: schema('wrong') },
    { name: 'readme', major: 7, generator: 'prisma-client', provider: 'postgresql', models: readme },
    { name: 'readme-mysql', major: 7, generator: 'prisma-client', provider: 'mysql', models: readme },
    { name: 'readme-sqlite', major: 6, generator: 'prisma-client', provider: 'sqlite', models: readme },
    { name: 'adopted', major: 7, generator: 'prisma-client', provider: 'postgresql', models: adopted },
    { name: 'adopted-sqlite', major: 7, generator: 'prisma-client', provider: 'sqlite', models: adopted },
    { name: 'adopted-mysql', major: 7, generator: 'prisma-client', provider: 'mysql', models: adopted },
    {
      name: 'readme/plans',
      major: 7,
      generator: 'prisma-client',
      provider: 'postgresql',
      models: `${readme}\n${plans}`,
    },
    { name: 'skill', major: 7, generator: 'prisma-client', provider: 'postgresql', models: skilled },
    { name: 'readme/beside', major: 7, generator: 'prisma-client', provider: 'postgresql', models: readmeBeside },
    { name: 'readme-mysql/beside', major: 7, generator: 'prisma-client', provider: 'mysql', models: readmeBeside },
    { name: 'readme-sqlite/beside', major: 7, generator: 'prisma-client', provider: 'sqlite', models: readmeBeside },
  ]
}

/** @param {Client} client */
async function generate({ name, major, generator, provider, models }) {
  const folder = join(test, major === 6 ? 'prisma6' : '', '.generated', name)
  // Prisma 6 wants a URL in the schema, and its engine without Rust is a choice.
  const engine = major === 6 ? '\n  engineType = "client"' : ''
  const url = major === 6 ? '\n  url      = "file:not-used"' : ''
  const schemas = models.includes('@@schema(') ? '\n  schemas  = ["app", "public"]' : ''
  await generateClient(
    join(folder, 'schema.prisma'),
    `generator client {
  provider = "${generator}"
  output   = "./prisma"${engine}
}
datasource db {
  provider = "${provider}"${url}${schemas}
}
${models}`,
  )
}

export default async function setup() {
  const waiting = clients()
  const work = async () => {
    for (let next = waiting.shift(); next; next = waiting.shift()) await generate(next)
  }
  await Promise.all([work(), work()])
}

if (process.argv[1] && import.meta.url === pathToFileURL(process.argv[1]).href) await setup()

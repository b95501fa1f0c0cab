// Global set-up of the projects that need databases. A whole run starts them once and passes their URLs in the
// environment, which this finds; a single package's run starts its own.

import { urlVariable } from './databases/kinds.mjs'
import { provideDatabases } from './databases.mjs'

const kinds = ['postgres', 'mysql', 'mariadb'] as const

export default async function setup() {
  const { urls, stop } = await provideDatabases(kinds)
  // The workers inherit them, and so does the next project that needs databases.
  for (const kind of kinds) process.env[urlVariable(kind)] = urls[kind]
  return stop
}

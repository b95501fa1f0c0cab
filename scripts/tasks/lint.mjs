// npm run lint: what can be said of the sources without a build.
import { checks } from '../checks.mjs'
import { step } from '../tools.mjs'

for (const name of /** @type {const} */ (['format', 'imports', 'unused', 'manifests', 'tables']))
  await step(name, checks[name])

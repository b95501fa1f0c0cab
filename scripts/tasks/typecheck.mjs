// npm run typecheck: sources, tests, examples and the snippets of the documents.
import { checks } from '../checks.mjs'
import { buildIfStale, packages, step } from '../tools.mjs'

await buildIfStale(packages().map(({ name }) => name))
for (const name of /** @type {const} */ (['generate', 'types', 'snippets'])) await step(name, checks[name])

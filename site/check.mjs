// npm run docs -- --check: the site is built, its links lead somewhere, and a browser finds what readers look for.
import { buildSite } from './content/build-site.mjs'
import { checkLinks } from './content/check-links.mjs'
import { trySite } from './content/try-site.mjs'

await buildSite()
const { links, problems } = checkLinks()
problems.push(...(await trySite()))
for (const problem of problems) console.error(problem)
console.log(`${links} links, ${problems.length} problems`)
process.exitCode = problems.length > 0 ? 1 : 0

// npm run api: writes what the public entries declare, for the check that compares it.
import { build, node, step } from '../tools.mjs'

await step('build', () => build())
await step('api', () => node(['scripts/api-report.mjs', '--update']))

// npm run format: writes what Biome can put right by itself.
import { run, step } from '../tools.mjs'

await step('format', () => run('biome', ['check', '--write', '.']))

// npm run manifests: writes what the published packages' manifests have in common.
import { node, run, step } from '../tools.mjs'

await step('manifests', () => node(['scripts/check-manifests.mjs', '--update']))
await step('format', () => run('biome', ['check', '--write', 'packages/*/package.json']))

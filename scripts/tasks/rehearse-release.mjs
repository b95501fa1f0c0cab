// npm run rehearse-release: the release, into a registry on this machine, and new applications that install from there.
import { join } from 'node:path'
import { build, root, step } from '../tools.mjs'

if (await step('build', () => build())) await import(join(root, 'scripts/rehearse-release.mjs'))

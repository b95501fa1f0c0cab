// npm run build: the packages, into their dist folders.
import { build, step } from '../tools.mjs'

await step('build', () => build())

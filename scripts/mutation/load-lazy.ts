// What is imported when it is first needed would be loaded in the midst of a test, and the faults in its constants be tried
// with that test alone. Loaded here, they are what a module does once, at its start, like those of all other modules.
import { globSync } from 'node:fs'
import { AREAS } from './areas.mjs'

const root = `${import.meta.dirname}/../..`
const sources = AREAS.find(({ name }) => name === process.env.CLERK_SYNC_MUTATION_AREA)?.sources ?? []
const files = sources.flatMap((glob) => globSync(`${glob}/*.ts`, { cwd: root }))
await Promise.all(files.map((file) => import(/* @vite-ignore */ `${root}/${file}`)))

// `npm run TASK`, on a machine that has only git and Node 20 or later with npm: node run.mjs TASK [arguments]
// This file, toolchain.mjs and processes.mjs are read by that Node and import nothing that must be installed first.
import { spawn } from 'node:child_process'
import { readdirSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { endWithNpm, handOver } from './processes.mjs'
import { install, toolNode } from './toolchain.mjs'

const folder = join(dirname(import.meta.dirname), 'tasks')
const tasks = readdirSync(folder).map((file) => file.replace(/\.mjs$/, ''))
const [task = '', ...args] = process.argv.slice(2)
if (!tasks.includes(task)) {
  console.error(`'${task}' is no task. There are: ${tasks.join(', ')}.`)
  process.exit(2)
}

try {
  endWithNpm()
  const node = toolNode()
  install()
  const file = join(folder, `${task}.mjs`)
  if (node === process.execPath) {
    process.argv.splice(1, 2, file)
    await import(pathToFileURL(file).href)
  } else {
    await handOver(spawn(node, [file, ...args], { stdio: 'inherit' }))
  }
} catch (error) {
  console.error(error instanceof Error ? error.message : error)
  process.exit(1)
}

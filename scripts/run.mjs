// npm run demo | npm test | npm run bench | npm run faults: all of it, on a machine that has only git and Node 20 or later with npm.
// This file, toolchain.mjs and processes.mjs are read by that Node and import nothing that must be installed first.
import { spawn } from 'node:child_process'
import { endWithNpm, handOver } from './processes.mjs'
import { install, toolNode } from './toolchain.mjs'

const tasks = ['demo', 'test', 'bench', 'faults']
const [task = '', ...args] = process.argv.slice(2)
if (!tasks.includes(task)) {
  console.error(`node scripts/run.mjs ${tasks.join(' | ')} [arguments]`)
  process.exit(2)
}

try {
  endWithNpm()
  const node = toolNode()
  install()
  if (node === process.execPath) {
    process.argv.splice(1, 2, `${import.meta.dirname}/tasks/${task}.mjs`)
    await import(`./tasks/${task}.mjs`)
  } else {
    await handOver(spawn(node, [`${import.meta.dirname}/tasks/${task}.mjs`, ...args], { stdio: 'inherit' }))
  }
} catch (error) {
  console.error(error instanceof Error ? error.message : error)
  process.exit(1)
}

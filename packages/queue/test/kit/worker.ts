// A worker in a process of its own, to be killed: tells by a message when a hook runs, and when it is ready.
import { openApplication } from './application.ts'
import { workers } from './workers.ts'

const { WORKER_ENGINE = '', WORKER_DATABASE = '', WORKER_QUEUE = '' } = process.env

const { clerkSync } = openApplication(WORKER_DATABASE, { hookMs: 3, onHook: () => void process.send?.('hook') })
const start = workers[WORKER_ENGINE]
if (!start) throw new Error(`There is no engine ${WORKER_ENGINE}.`)
await start(clerkSync, WORKER_QUEUE)

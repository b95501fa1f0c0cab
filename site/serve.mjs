// npm run docs: the site while its documents are written. What is saved is shown; the reference is made at the start.
import { join } from 'node:path'
import { createServer } from 'vitepress'
import { root } from '../scripts/tools.mjs'
import { pages } from './content/pages.mjs'
import { writeContent } from './content/write-content.mjs'

await writeContent({ reference: true })
const server = await createServer(import.meta.dirname, { port: 4173 })
const documents = new Set([...pages.keys(), 'site/index.md'].map((path) => join(root, path)))
server.watcher.add([...documents])
server.watcher.on('change', (path) => {
  if (!documents.has(path)) return
  writeContent({ reference: false }).catch((error) => server.config.logger.error(error.message))
})
await server.listen()
server.printUrls()

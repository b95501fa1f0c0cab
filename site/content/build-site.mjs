// npm run docs: the site, built from the repository's documents.
import { once } from 'node:events'
import { readdirSync, readFileSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { build, serve } from 'vitepress'
import { SITE } from '../../packages/core/src/addresses.ts'
import { writeContent } from './write-content.mjs'

const home = join(import.meta.dirname, '..')
export const built = join(home, '.cache/dist')
export const base = new URL(SITE).pathname.replace(/\/$/, '')

export async function buildSite() {
  await writeContent({ reference: true })
  rmSync(built, { recursive: true, force: true })
  await build(home)
}

/** Every page, by its path on the site, and what it says. @returns {Map<string, string>} */
export function builtPages() {
  const files = readdirSync(built, { recursive: true, encoding: 'utf8' }).filter((file) => file.endsWith('.html'))
  return new Map(
    files.map((file) => [
      `${base}/${file.replaceAll('\\', '/').replace(/(index)?\.html$/, '')}`,
      readFileSync(join(built, file), 'utf8'),
    ]),
  )
}

/** What is built, as a host of static files would serve it. @returns {Promise<{ url: string, close(): void }>} */
export async function serveBuilt() {
  const { server } = await serve({ root: home, base, port: 0 })
  if (!server) throw new Error('VitePress has started no server.')
  if (!server.listening) await once(server, 'listening')
  const { port } = /** @type {import('node:net').AddressInfo} */ (server.address())
  return { url: `http://localhost:${port}${base}/`, close: () => server.close() }
}

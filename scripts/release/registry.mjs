// A registry of our own, on this machine and for as long as it is needed: Verdaccio. What it does not have it takes from
// the registry that npm is set to.
import { once } from 'node:events'
import { join } from 'node:path'
import { runServer } from 'verdaccio'
import { npm } from './npm.mjs'

/** @param {string} folder for what is published @returns {Promise<{ url: string, close(): void }>} */
export async function startRegistry(folder) {
  const upstream = (await npm(['config', 'get', 'registry'])).output.trim()
  const server = await runServer({
    // Verdaccio's own type asks for every section of its file.
    .../** @type {object} */ ({
      storage: join(folder, 'storage'),
      self_path: folder,
      auth: { htpasswd: { file: join(folder, 'htpasswd') } },
      uplinks: { upstream: { url: upstream, timeout: '60s', max_fails: 20 } },
      packages: {
        // Ours come from here alone, so that nothing published before is taken for them.
        '@clerk-sync/*': { access: '$all', publish: '$all' },
        '**': { access: '$all', proxy: 'upstream' },
      },
      web: { enable: false },
      log: { type: 'stdout', format: 'pretty', level: 'fatal' },
    }),
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  const { port } = server.address()
  return {
    url: `http://127.0.0.1:${port}/`,
    close() {
      server.closeAllConnections()
      server.close()
    },
  }
}

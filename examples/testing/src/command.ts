import { execFile } from 'node:child_process'
import { createRequire } from 'node:module'
import { dirname, join } from 'node:path'
import { SECRET } from './secret.ts'

/** What `npx @clerk-sync/host-conformance --url …` prints, whether the route passes or not. */
export function conformanceCommand(url: string): Promise<string> {
  const manifest = createRequire(import.meta.url).resolve('@clerk-sync/host-conformance/package.json')
  const cli = join(dirname(manifest), 'dist/cli.js')
  const env = { ...process.env, CLERK_WEBHOOK_SIGNING_SECRET: SECRET }
  return new Promise((resolve, reject) => {
    execFile(process.execPath, [cli, '--url', url], { env }, (error, stdout, stderr) => {
      if (error && error.code !== 1) reject(new Error(`The command failed.\n${stdout}\n${stderr}`, { cause: error }))
      else resolve(stdout)
    })
  })
}

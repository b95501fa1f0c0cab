import { readdirSync, readFileSync } from 'node:fs'
import { extname, join } from 'node:path'

export interface Asset {
  readonly type: string
  readonly body: Buffer
}

const TYPES: Readonly<Record<string, string>> = {
  '.html': 'text/html; charset=utf-8',
  '.css': 'text/css; charset=utf-8',
  '.js': 'text/javascript; charset=utf-8',
}

/** The files of the page, by their path below its token. They lie in `page`, beside this file and beside the built command. */
export function readAssets(): ReadonlyMap<string, Asset> {
  const folder = join(import.meta.dirname, 'page')
  return new Map(
    readdirSync(folder).map((name): [string, Asset] => [
      name === 'index.html' ? '' : name,
      { type: TYPES[extname(name)] ?? 'text/plain', body: readFileSync(join(folder, name)) },
    ]),
  )
}

import { prop } from '../port/prop.ts'
import { portableJson, type RecordedDelivery, textOf } from './recorded-delivery.ts'

/** Written by `clerk-sync dev` for as long as it runs, in the folder that has the application's package.json. */
const FILE = ['node_modules', '.cache', 'clerk-sync', 'dev.json']

/** How long the page may take to receive a delivery, in ms. */
const LONGEST_POST_MS = 2000

/** Where the command listens on this machine. */
export interface DevPage {
  readonly address: string
  readonly token: string
  readonly file: string
}

/** The page of the command that runs beside this process; undefined where none does, or where there are no files. Never throws. */
export function findDevPage(): DevPage | undefined {
  try {
    const file = fileAbove()
    return file === undefined ? undefined : pageOf(file)
  } catch {
    // A folder that is gone, or may not be read, or a runtime without files: no command runs beside this process.
    return undefined
  }
}

function fileAbove(): string | undefined {
  const { process } = globalThis
  const fs = process.getBuiltinModule('node:fs')
  const path = process.getBuiltinModule('node:path')
  const isThere = (file: string): boolean => {
    try {
      return fs.statSync(file, { throwIfNoEntry: false }) !== undefined
    } catch {
      return false
    }
  }
  // Where files have no owner (Windows), others may write above the project, unless it is below the user's own home.
  const home = process.getuid ? undefined : process.getBuiltinModule('node:os').homedir()
  const isLast = (folder: string): boolean =>
    home !== undefined &&
    !folder.startsWith(home.endsWith(path.sep) ? home : home + path.sep) &&
    isThere(path.join(folder, 'package.json'))
  for (let folder = process.cwd(); ; folder = path.dirname(folder)) {
    const file = path.join(folder, ...FILE)
    if (isThere(file)) return file
    if (folder === path.dirname(folder) || folder === home || isLast(folder)) return undefined
  }
}

/** What is asked of the file and what is read is the same one: another may take its place between. */
function pageOf(file: string): DevPage | undefined {
  const { process } = globalThis
  const fs = process.getBuiltinModule('node:fs')
  let opened: number | undefined
  try {
    // A pipe would hold the process. Windows has no such flag.
    opened = fs.openSync(file, fs.constants.O_RDONLY | (fs.constants.O_NONBLOCK ?? 0))
    const stat = fs.fstatSync(opened)
    // Another user's file could have deliveries sent to him.
    const isOwn = process.getuid === undefined || (stat.uid === process.getuid() && (stat.mode & 0o077) === 0)
    if (!isOwn || !stat.isFile()) return refused(file, 'the file is not yours alone')
    return pageIn(file, fs.readFileSync(opened, 'utf8')) ?? refused(file, 'the file names no address of this machine')
  } catch (error) {
    // The command has ended since it was seen.
    return prop(error, 'code') === 'ENOENT' ? undefined : refused(file, `the file cannot be read, ${textOf(error)}`)
  } finally {
    if (opened !== undefined) fs.closeSync(opened)
  }
}

function pageIn(file: string, text: string): DevPage | undefined {
  const [address, token] = ['address', 'token'].map((name) => prop(parsed(text), name))
  if (typeof address !== 'string' || typeof token !== 'string') return undefined
  const url = URL.parse(address)
  return url?.protocol === 'http:' && url.hostname === '127.0.0.1' ? { address, token, file } : undefined
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    // Not written by the command.
    return undefined
  }
}

/** Never rejects. */
export async function showOn(page: DevPage, deliveries: readonly RecordedDelivery[]): Promise<void> {
  const { file } = page
  try {
    const status = await post(page, portableJson(deliveries))
    if (status !== 200) refused(file, `it answered ${status}`)
  } catch (error) {
    const code = prop(error, 'code')
    const late = code === 'ABORT_ERR' && `it does not answer within ${LONGEST_POST_MS / 1000} s`
    refused(file, late || (typeof code === 'string' ? `it does not answer, ${code}` : textOf(error)))
  }
}

/** Not by `fetch`, which goes through the proxy of the environment and whatever the application has put in its place: both would read users' data. */
function post({ address, token }: DevPage, body: string): Promise<number | undefined> {
  const http = globalThis.process.getBuiltinModule('node:http')
  const { promise, resolve, reject } = Promise.withResolvers<number | undefined>()
  const headers = {
    'content-type': 'application/json',
    'content-length': new TextEncoder().encode(body).length,
    authorization: `Bearer ${token}`,
  }
  const signal = AbortSignal.timeout(LONGEST_POST_MS)
  http
    .request(address, { method: 'POST', agent: new http.Agent(), headers, signal }, (response) => {
      response.resume()
      resolve(response.statusCode)
    })
    .on('error', reject)
    .end(body)
  return promise
}

const warned = new Set<string>()

/** Once for each reason: the application's log is no place for more. */
export function refused(file: string, why: string): undefined {
  const text = `clerk-sync: ${file} is there, and its page is shown no delivery: ${why}. Start clerk-sync dev again, or remove the file.`
  if (warned.has(text)) return
  warned.add(text)
  console.warn(text)
}

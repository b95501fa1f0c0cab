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
    return pageAbove()
  } catch (error) {
    return refused(FILE.join('/'), `the file cannot be read, ${textOf(error)}`)
  }
}

function pageAbove(): DevPage | undefined {
  const { process } = globalThis
  const fs = process?.getBuiltinModule?.('node:fs')
  const path = process?.getBuiltinModule?.('node:path')
  if (!fs || !path) return undefined
  for (let folder = process.cwd(); ; folder = path.dirname(folder)) {
    const file = path.join(folder, ...FILE)
    const stat = fs.statSync(file, { throwIfNoEntry: false })
    if (stat) {
      // Another user's file could have deliveries sent to him.
      const isOwn = process.getuid === undefined || (stat.uid === process.getuid() && (stat.mode & 0o077) === 0)
      if (!isOwn) return refused(file, 'the file is not yours alone')
      return pageIn(file, fs.readFileSync(file, 'utf8')) ?? refused(file, 'the file names no address of this machine')
    }
    if (folder === path.dirname(folder)) return undefined
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
    // The command is writing it.
    return undefined
  }
}

/** Never rejects. */
export async function showOn(page: DevPage, deliveries: readonly RecordedDelivery[]): Promise<void> {
  const { address, token, file } = page
  try {
    const response = await fetch(address, {
      method: 'POST',
      headers: { 'content-type': 'application/json', authorization: `Bearer ${token}` },
      body: portableJson(deliveries),
      redirect: 'error',
      signal: AbortSignal.timeout(LONGEST_POST_MS),
    })
    await response.body?.cancel()
    if (!response.ok) refused(file, `it answered ${response.status}`)
  } catch (error) {
    const code = prop(prop(error, 'cause'), 'code')
    refused(file, typeof code === 'string' ? `it does not answer, ${code}` : textOf(error))
  }
}

const told = new Set<string>()

/** Once for each reason: the application's log is no place for more. */
export function refused(file: string, why: string): undefined {
  const text = `clerk-sync: ${file} is there, and its page is shown no delivery: ${why}. Start clerk-sync dev again, or remove the file.`
  if (!told.has(text)) console.warn(text)
  told.add(text)
}

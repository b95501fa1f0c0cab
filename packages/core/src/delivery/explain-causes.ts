import { ClerkSyncError, chainOf } from '../errors.ts'
import { databaseTrouble } from '../port/database-trouble.ts'
import { printable } from '../port/printable.ts'
import { prop } from '../port/prop.ts'

/** What may be logged of the errors behind one of ours. */
export interface Causes {
  /** From the outermost to the innermost; empty where there are none. */
  readonly names: string
  /** What the application's own code threw, with its message where that cannot quote a row. */
  readonly stack: string | undefined
}

/** A driver's or an ORM's message may quote the row: of those, names, codes and sentences that are known to be harmless. */
export function explainCauses({ cause, thrownBy }: ClerkSyncError): Causes {
  if (cause === undefined) return { names: '', stack: undefined }
  const chain = [...chainOf(cause)]
  return {
    names: chain.map(nameOf).map(printable).join(' < '),
    stack: thrownBy && chain.map((link) => stackOf(link, chain.some(isOfDatabase))).join('\ncaused by '),
  }
}

function nameOf(link: unknown): string {
  if (!(link instanceof Error)) return typeof link
  const code: unknown = Reflect.get(link, 'code')
  const name = `${link.name}${typeof code === 'string' ? ` ${code}` : ''}`
  // Its causes are links of their own.
  const trouble = databaseTrouble(Object.create(link, { cause: { value: undefined } }))
  const sentence = ClerkSyncError.is(link) ? link.message : trouble?.sentence
  return sentence ? `${name}: ${sentence}` : name
}

function stackOf(link: unknown, quotesRow: boolean): string {
  if (!(link instanceof Error)) return quotesRow || typeof link === 'object' ? typeof link : String(link)
  const { stack = '' } = link
  const frames = stack.slice(Math.max(0, stack.search(/^ {4}at /m)))
  const first = quotesRow ? nameOf(link) : `${link.name}: ${link.message}`
  return [first, ...frames.split('\n').filter((line) => line.startsWith('    at '))].map(printable).join('\n')
}

/** Fields that drivers and ORMs give their errors, and nobody else. */
const FIELDS = ['query', 'sql', 'params', 'parameters', 'sqlMessage', 'sqlState', 'meta', 'detail', 'details']

/** Whether an error is a database's, a driver's or an ORM's. */
function isOfDatabase(link: unknown): boolean {
  const code = prop(link, 'code')
  if (typeof code === 'string' && /^(?:(?=.*\d)[0-9A-Z]{5}$|P\d{4}$|ER_|SQLITE_|PGRST)/.test(code)) return true
  return (
    FIELDS.some((field) => prop(link, field) !== undefined) || /^(?:Drizzle|Prisma)/.test(String(prop(link, 'name')))
  )
}

import { ClerkSyncError, chainOf } from '../errors.ts'
import { databaseFault, type Fault } from '../port/database-fault.ts'
import { databaseTrouble } from '../port/database-trouble.ts'
import { printable } from '../port/printable.ts'
import { prop } from '../port/prop.ts'
import { describeRefusal, refusalOf } from '../port/refusal.ts'

/** The adapter's own, for errors that have no code of a database. */
export type FaultOf = (error: unknown) => Fault | undefined

/** What may be logged of the errors behind one of ours. */
export interface Causes {
  /** From the outermost to the innermost; empty where there are none. */
  readonly names: string
  /** What the application's own code threw, with its message where that cannot quote a row. */
  readonly stack: string | undefined
}

/** A driver's or an ORM's message may quote the row: of those, names, codes and sentences that are known to be harmless. */
export function explainCauses({ cause, thrownBy }: ClerkSyncError, faultOf: FaultOf = () => undefined): Causes {
  if (cause === undefined) return { names: '', stack: undefined }
  const chain = [...chainOf(cause)]
  const quotesRow = chain.some((link) => isOfDatabase(link) || faultOf(link) !== undefined)
  return {
    names: chain
      .map((link) => nameOf(link, thrownBy !== undefined))
      .map(printable)
      .join(' < '),
    stack: thrownBy && chain.map((link) => stackOf(link, quotesRow)).join('\ncaused by '),
  }
}

/** What `databaseTrouble` and `refusalOf` read of one error. */
const READ_FIELDS = [
  'code',
  'errno',
  'sqlMessage',
  'message',
  'errors',
  'where',
  'column',
  'column_name',
  'constraint',
  'constraint_name',
]

function nameOf(link: unknown, ofApplication = false): string {
  if (!(link instanceof Error)) return typeof link
  const name = `${textIn(link, 'name')} ${textIn(link, 'code')}`.trimEnd()
  // Its causes are links of their own. A DOMException takes no other object for itself.
  const alone = Object.fromEntries(READ_FIELDS.map((field) => [field, prop(link, field)]))
  // Of the library's own write, the message says it.
  const refusal = ofApplication ? refusalOf(alone) : undefined
  const sentence = ClerkSyncError.is(link)
    ? link.message
    : (databaseTrouble(alone)?.sentence ?? (refusal && `${describeRefusal(refusal)}${inTable(link)}`))
  return sentence ? `${name}: ${sentence}` : name
}

/** PostgreSQL names it in a field of its own. */
function inTable(link: Error): string {
  const table = textIn(link, 'table') || textIn(link, 'table_name')
  return table && `, in the table ${table}`
}

/** Empty where it is no text, or a getter throws. */
function textIn(link: Error, name: string): string {
  const value = prop(link, name)
  return typeof value === 'string' ? value : ''
}

function stackOf(link: unknown, quotesRow: boolean): string {
  if (!(link instanceof Error)) return quotesRow || typeof link === 'object' ? typeof link : String(link)
  const lines = textIn(link, 'stack').split('\n')
  const first = quotesRow
    ? nameOf(link, true)
    : isOfEngine(link)
      ? ofEngine(link)
      : `${textIn(link, 'name')}: ${textIn(link, 'message')}`
  return [first, ...lines.filter((line) => line.startsWith('    at '))].map(printable).join('\n')
}

const ENGINE = ['SyntaxError', 'TypeError', 'RangeError', 'ReferenceError', 'EvalError', 'URIError']

/** Whether the error is one of JavaScript's own, whose message may quote the value: `"ada@example.com" is not valid JSON`. */
function isOfEngine(link: Error): boolean {
  return ENGINE.includes(textIn(link, 'name')) || link instanceof DOMException
}

/** What these say of the code, and never of a value. */
const OF_CODE =
  /^(?:Cannot read properties of (?:undefined|null)|[\w.$]+ is not (?:a function|a constructor|defined|iterable)$)/

function ofEngine(link: Error): string {
  const words = OF_CODE.exec(textIn(link, 'message'))
  return words ? `${nameOf(link)}: ${words[0]}` : nameOf(link)
}

/** Fields that drivers and ORMs give their errors, and nobody else. */
const FIELDS = ['query', 'sql', 'params', 'parameters', 'sqlMessage', 'sqlState', 'meta', 'detail', 'details']

const NAMES = /^(?:(?:Drizzle|Prisma).*|(?:Database|Sql|Libsql|NeonDb|Postgres|Sqlite)Error)$/

/** Whether an error is a database's, a driver's or an ORM's. */
function isOfDatabase(link: unknown): boolean {
  const code = prop(link, 'code')
  if (typeof code === 'string' && /^(?:(?=.*\d)[0-9A-Z]{5}$|P\d{4}$|ER_|SQLITE_|PGRST)/.test(code)) return true
  if (databaseFault(link) !== undefined || refusalOf(link) !== undefined) return true
  return FIELDS.some((field) => prop(link, field) !== undefined) || NAMES.test(String(prop(link, 'name')))
}

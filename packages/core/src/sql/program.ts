/** What a driver is sent. */
export interface Statement {
  readonly sql: string
  readonly params: readonly unknown[]
  /** Whether rows come back: some drivers want to know beforehand. */
  readonly returnsRows: boolean
  /** For a text that is sent again and again: what the server may know it by. */
  readonly name?: string
  /**
   * Whether its values mean the same, or are refused, once a column has got another type. A server reads what is sent
   * under a name by the types of when it was prepared: a time with a zone loses it there, and a number its digits.
   */
  readonly outlivesTypes?: boolean
}

export type Row = Readonly<Record<string, unknown>>

/** What a driver answers to a statement, in one form. */
export interface RunResult {
  readonly rows: readonly Row[]
  /** How many rows it wrote; on MySQL, an update counts twice. */
  readonly affected: number
}

/**
 * A course of statements that waits for nothing itself: it yields what is to be sent together and is handed the
 * results. So it is written once, and driven by synchronous and asynchronous drivers alike.
 */
export type Program<T> = Generator<readonly Statement[], T, readonly RunResult[]>

export function* send(statement: Statement): Program<RunResult> {
  const [result] = yield [statement]
  return result as RunResult
}

/**
 * Sends a statement along with the first ones of a program: one round trip for all of them. Where that batch fails, what
 * the program sends next goes by itself: of what was to be written together, nothing is sent again.
 *
 * @param after - what comes after them, in the same batch
 * @returns no result of the statement where its batch has failed, or where the program sent nothing
 */
export function* sendAlong<T>(
  statement: Statement,
  program: Program<T>,
  after: readonly Statement[] = [],
): Program<[RunResult | undefined, T]> {
  let result: RunResult | undefined
  let step = program.next()
  for (let isFirst = true; !step.done; isFirst = false) {
    const own = step.value
    let results: readonly RunResult[]
    try {
      results = yield isFirst ? [statement, ...own, ...after] : own
    } catch (error) {
      step = program.throw(error)
      continue
    }
    if (isFirst) [result, ...results] = results.slice(0, own.length + 1) as [RunResult, ...RunResult[]]
    step = program.next(results)
  }
  return [result, step.value]
}

/** For a driver that has no batches: several statements would be neither atomic nor one round trip. */
export function onlyOne([statement, ...others]: readonly Statement[]): Statement {
  if (statement && others.length === 0) return statement
  throw new Error(
    `This driver sends one statement at a time outside a transaction, and was given ${others.length + 1}.`,
  )
}

/** A question to the catalog. */
export function* query(sql: string, ...params: unknown[]): Program<readonly Row[]> {
  const { rows } = yield* send({ sql, params, returnsRows: true })
  return rows
}

type Send = (statements: readonly Statement[]) => readonly RunResult[]
type SendAsync = (statements: readonly Statement[]) => Promise<readonly RunResult[]>

export function drive<T>(program: Program<T>, send: Send): T {
  let step = program.next()
  while (!step.done) {
    let results: readonly RunResult[]
    try {
      results = send(step.value)
    } catch (error) {
      step = program.throw(error)
      continue
    }
    step = program.next(results)
  }
  return step.value
}

export async function driveAsync<T>(program: Program<T>, send: SendAsync): Promise<T> {
  let step = program.next()
  while (!step.done) {
    let results: readonly RunResult[]
    try {
      results = await send(step.value)
    } catch (error) {
      step = program.throw(error)
      continue
    }
    step = program.next(results)
  }
  return step.value
}

import type { Statement } from '../program.ts'

/** A select of keys, of one column. */
export type Keys = Pick<Statement, 'sql' | 'params'>

/** How a database writes parts in one batch with their owner, where there is nothing between the statements. */
export interface BatchDialect {
  /** An expression that fails the batch where the condition holds: {@link markOf} reads the mark from the error. */
  failing(mark: string, condition: string): string
  /** The select of the texts in an array, which is JSON. */
  texts(json: string): string
  /** Whether a column's bytes are those of a text that a select gives. */
  among(column: string, select: string): string
  /** The statement, and what fails the batch where it has not written so many rows. */
  counted(statement: Statement, mark: string, count: number): readonly Statement[]
  /**
   * What comes first in a batch, so that the rows stay in it which a select gives and locks, and the select of their keys
   * from then on.
   */
  holding(select: Keys): readonly [hold: readonly Statement[], keys: Keys]
}

/** In the place of a value: an expression that the database evaluates when it inserts the row, such as `now()`. */
export class SqlExpression {
  /**
   * @param texts - what stands before, between and after the parameters
   * @param params - as the driver takes them
   */
  constructor(
    readonly texts: readonly string[],
    readonly params: readonly unknown[],
  ) {}
}

/** A value that is sent as a parameter. */
const PARAMETER: readonly string[] = ['', '']

/** What stands around the parameters of a value. */
export function textsOf(value: unknown): readonly string[] {
  return value instanceof SqlExpression ? value.texts : PARAMETER
}

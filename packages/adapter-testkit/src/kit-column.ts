/**
 * One column of the kit's tables. It takes NULL unless `notNull` is set.
 *
 * - `key`: a Clerk id, text up to 255 characters, case-sensitive; unique where it is the table's own
 * - `text`: at least 255 characters of any Unicode
 * - `json`: at least 128 KB
 * - `date`: a point in time, in ms or in seconds as `capabilities.datePrecisionMs` says
 * - `serial`: numbered by the database
 */
export interface KitColumn {
  readonly kind: 'key' | 'text' | 'json' | 'date' | 'boolean' | 'integer' | 'serial'
  readonly notNull?: true
  readonly default?: string | number | boolean
  readonly unique?: true
  /** The JSON is an array, which some drivers have to know. */
  readonly array?: true
}

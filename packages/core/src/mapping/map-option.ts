import type { BareDelete, EntityTypes, WholeDelete } from '../entities/all-entities.ts'
import type { PartTypes } from '../entities/parts/all-parts.ts'
import type { Part } from '../entities/parts/part-names.ts'
import type { SnakeCase } from '../port/casing.ts'
import type { Entity, RemovedRow, Rows } from '../port/sync-adapter.ts'
import type { ClerkSyncTypeError } from '../port/type-error.ts'

/** The columns that an insert must give. */
type RequiredKeys<Row> = { [K in keyof Row]-?: Record<never, never> extends Pick<Row, K> ? never : K }[keyof Row]
/** What a map fills a row from. */
type Mapped = Entity | Part
type MappedTypes = EntityTypes & PartTypes
type FieldsOf<E extends Mapped> = MappedTypes[E]['record']
/** The record's fields by the names of the columns that they fill without a map. */
type FieldsByColumn<E extends Mapped> = FieldsOf<E> & {
  [K in keyof FieldsOf<E> as SnakeCase<K> & string]: FieldsOf<E>[K]
}
type RowOf<R extends Rows, E extends keyof R> = NonNullable<R[E]>

/** What a deleted row holds: a value for each column that is not nullable. `undefined` is not written. */
export type DeletedRow<Row> = { [K in RequiredKeys<Row>]: Row[K] } & {
  [K in Exclude<keyof Row, RequiredKeys<Row>>]?: Row[K] | undefined
}

/**
 * What a map returns: the table's columns. The record may be spread: `firstName` fills the column `first_name` where
 * the map does not name that itself, and fields that the table lacks in either spelling fall away.
 */
export type MappedRow<Row, E extends Mapped> = DeletedRow<Row> & {
  [K in Exclude<keyof FieldsOf<E>, keyof Row>]?: SpreadField<Row, SnakeCase<K>, FieldsOf<E>[K]>
}

/** A field must fit the column that it fills; one that the insert must give is named by the map in any case. */
type SpreadField<Row, Column, Value> =
  Column extends Exclude<keyof Row, RequiredKeys<Row>> ? Value & Row[Column] : Value

/** What each map returns, by its name in `map`. */
export type MappedRows<R extends Rows> = {
  [E in keyof R & Mapped]?: MappedRow<RowOf<R, E>, E>
} & {
  [E in keyof R & (BareDelete | WholeDelete) as `deleted${Capitalize<E>}`]?: DeletedRowOf<E, RowOf<R, E>>
}

/** What a delete that carries the whole object does not fill by itself, its map need not either. */
type DeletedRowOf<E extends Entity, Row> = E extends BareDelete
  ? DeletedRow<Row>
  : { [K in keyof Row]?: Row[K] | undefined }

/** Shown by the compiler where a map returns a column that neither the table nor the record has. */
type NoSuchColumn<Column> = `The table has no column "${Column & string}"`
/** Shown by the compiler where a map is async. */
type AsyncMap = 'A map returns its row at once, and cannot be async: it depends on its input alone'
/** Shown by the compiler where a map is given for a table that the adapter was not, or with a name that is none. */
type NoSuchTable<Name> = `The adapter was given no table for "${Name & string}"`

/**
 * What TypeScript does not check by itself: a function may return more properties than it should. (The message is a
 * literal type on purpose: the compiler then keeps `'free'` as it is in a map without parameters.)
 */
type NothingElse<Returned, Row> =
  Returned extends PromiseLike<unknown>
    ? { readonly then: AsyncMap }
    : Exclude<keyof Returned, keyof Row> extends never
      ? Returned
      : { readonly [Column in Exclude<keyof Returned, keyof Row>]?: NoSuchColumn<Column> }

type MapInput<Name> = Name extends Mapped
  ? [json: MappedTypes[Name]['json'], record: MappedTypes[Name]['record']]
  : [deleted: { id: string }]

/**
 * How an entity fills its table. Each map must be a pure function of its input and fill the same columns for every
 * input (null where there is no value): the library tries it with samples to learn the columns. A column that is
 * `undefined` for every input is not written, and erased by a delete.
 *
 * Each member is a conditional type as a whole, and not a function with a conditional result: so the compiler knows the
 * row while it infers what the function returns, and literal types hold.
 *
 * @typeParam M - what each map returns, as the compiler infers it
 */
export type Maps<R extends Rows, M = MappedRows<R>> = {
  readonly [Name in keyof M]: MappedRows<R> extends { readonly [N in Name]?: infer Row }
    ? (...input: MapInput<Name>) => Row & NothingElse<M[Name], Row>
    : NoSuchTable<Name>
}

/** What the insert must give and the record does not, or not in a type that fits. */
type UnfilledColumns<Row, E extends Mapped> =
  | Exclude<RequiredKeys<Row>, DefaultColumns<Row, E>>
  | {
      [K in DefaultColumns<Row, E>]: FieldsByColumn<E>[K] extends Exclude<Row[K], undefined> ? never : K
    }[DefaultColumns<Row, E>]

type DefaultColumns<Row, E extends Mapped> = Exclude<
  keyof Row & keyof FieldsByColumn<E>,
  'id' | 'createdAt' | 'updatedAt' | 'created_at' | 'updated_at'
>

/** Whether the record's fields of the same names, in camelCase or snake_case, fill the table. */
type DefaultFits<Row, E extends Mapped> =
  RequiredKeys<Row> extends DefaultColumns<Row, E>
    ? Pick<FieldsByColumn<E>, DefaultColumns<Row, E>> extends {
        [K in DefaultColumns<Row, E>]: Exclude<Row[K], undefined>
      }
      ? true
      : false
    : false

/** The maps that a table cannot do without. */
export type RequiredMaps<R extends Rows> =
  | { [E in keyof R & Mapped]: DefaultFits<RowOf<R, E>, E> extends true ? never : E }[keyof R & Mapped]
  | {
      [E in keyof R & BareDelete]: [RequiredKeys<RowOf<R, E>>] extends [never]
        ? never
        : keyof RemovedRow extends keyof RowOf<R, E>
          ? never
          : `deleted${Capitalize<E>}`
    }[keyof R & BareDelete]

/**
 * `map` is optional where the tables take the records' fields as they are, and demanded where one does not. It replaces
 * the default, and only what it returns is written.
 */
export type MapOption<R extends Rows, M> = { readonly map?: Maps<R, M> } & ([RequiredMaps<R>] extends [never]
  ? unknown
  : {
      readonly map: { readonly [Name in RequiredMaps<R>]: unknown } | ClerkSyncTypeError<MissingMap<R, RequiredMaps<R>>>
    })

/** Names the map and its columns. True of a map that was given as well: the compiler prints all that a table needs. */
type MissingMap<R extends Rows, Name> = Name extends keyof R & Mapped
  ? `map.${Name} must be given: nothing else fills ${ColumnNames<UnfilledColumns<RowOf<R, Name>, Name>>} of its table`
  : `map.${Name & string} must be given: a deleted row needs a value in each column that is not nullable`

type ColumnNames<Column> = `"${Column & string}"`

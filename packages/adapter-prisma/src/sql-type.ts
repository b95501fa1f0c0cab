import type { DialectName } from '@clerk-sync/core/sql'
import type { Field } from './schema.ts'

/** What Prisma's migrations make of a type: https://www.prisma.io/docs/orm/reference/prisma-schema-reference */
const TYPES: Readonly<Record<DialectName, Readonly<Record<string, string>>>> = {
  postgres: {
    String: 'text',
    Boolean: 'boolean',
    Int: 'integer',
    BigInt: 'bigint',
    Float: 'double precision',
    Decimal: 'decimal',
    DateTime: 'timestamp(3)',
    Json: 'jsonb',
    Bytes: 'bytea',
  },
  mysql: {
    String: 'varchar(191)',
    Boolean: 'boolean',
    Int: 'int',
    BigInt: 'bigint',
    Float: 'double',
    Decimal: 'decimal',
    DateTime: 'datetime(3)',
    Json: 'json',
    Bytes: 'longblob',
  },
  // A text keeps the times and the JSON that Prisma writes as well as their own types do.
  sqlite: { String: 'TEXT', Boolean: 'BOOLEAN', Int: 'INTEGER', BigInt: 'BIGINT', Float: 'REAL', Decimal: 'DECIMAL' },
}

/** The type of a field's column, as far as the schema says it. */
export function sqlTypeOf({ type, nativeType, list }: Field, database: DialectName): string | undefined {
  const one = nativeType?.toLowerCase() ?? TYPES[database][type]
  return list && one !== undefined ? `${one}[]` : one
}

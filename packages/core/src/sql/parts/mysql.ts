import type { PartDialect } from './part-dialect.ts'

/**
 * MySQL and MariaDB. Any unique index leads to the update, also one that finds another row: there the statement fails, since
 * it adds to the largest number there is.
 */
export const mysqlParts: PartDialect = {
  upsert({ table, owner, id, insert, tuples, update }) {
    const isOwn = [owner, id].map((column) => {
      return `cast(${table}.${column} as binary) = cast(values(${column}) as binary)`
    })
    const stored = `${table}.${id}`
    const test = `${id} = if(${isOwn.join(' and ')}, ${stored}, ~0 + length(concat_ws('', ${stored}, '+')))`
    const others = update.map((column) => `${column} = values(${column})`)
    return (
      `insert into ${table} (${insert.join(', ')}) values ${tuples} ` +
      `on duplicate key update ${[test, ...others].join(', ')}`
    )
  },
  returns: false,
}

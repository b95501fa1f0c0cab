import type { Pool } from 'pg'

/** Bytes of a row in PostgreSQL, with its share of the indexes. */
export interface Storage {
  readonly user: number
  readonly version: number
  readonly processed: number
}

const ROWS = 200_000
const ID = "'user_' || lpad(n::text, 27, '0')"
const VERSION = 'varchar(34) not null'

/** Filled in one command: what updates leave behind until a vacuum comes on top. */
export async function storage(pool: Pool): Promise<Storage> {
  const filled = async (table: string, columns: string, values: string) => {
    await pool.query(`create table ${table} (${columns})`)
    await pool.query(`insert into ${table} select ${values} from generate_series(1, ${ROWS}) n`)
    const { rows } = await pool.query(`select pg_total_relation_size('${table}') as bytes`)
    return Number(rows[0].bytes) / ROWS
  }
  const person =
    "'person-' || n || '@example.com', 'Ada', 'Lovelace', 'https://img.clerk.com/' || md5(n::text) || md5('i' || n)"
  return {
    user: await filled(
      'weighed_users',
      `id text primary key, email text, first_name text, last_name text, image_url text, clerk_version ${VERSION},
        deleted_at timestamptz(3)`,
      `${ID}, ${person}, repeat('1', 33), null`,
    ),
    version: await filled(
      'weighed_versions',
      `table_name varchar(129) not null, id varchar(255) not null, version ${VERSION}, deleted_at timestamptz(3),
        primary key (table_name, id)`,
      `'users', ${ID}, repeat('1', 33), null`,
    ),
    processed: await filled(
      'weighed_events',
      `id varchar(255) primary key, type varchar(255) not null, entity_id varchar(255),
        occurred_at timestamptz(3) not null, processed_at timestamptz(3) not null`,
      `'msg_' || lpad(n::text, 27, '0'), 'user.updated', ${ID}, now(), now()`,
    ),
  }
}

// What differs between the databases, apart from how an embedded one starts.

/** @typedef {'postgres' | 'mysql' | 'mariadb'} Kind */
/**
 * @typedef {object} Facts
 * @property {string} title
 * @property {string} image       the container's image, unless CLERK_SYNC_<KIND>_IMAGE says otherwise
 * @property {number} port        inside the container
 * @property {Record<string, string>} environment  makes the image create the database `test`
 * @property {string} credentials of that container
 * @property {(durable: boolean) => string[]} flags  server flags, in a container and embedded alike
 */

const mysqlFlags = (/** @type {boolean} */ durable) => [
  '--max-connections=1000',
  ...(durable ? [] : ['--innodb-flush-log-at-trx-commit=0', '--skip-log-bin']),
]

/** @type {Record<Kind, Facts>} */
export const KINDS = {
  postgres: {
    title: 'PostgreSQL',
    image: 'postgres:18',
    port: 5432,
    environment: { POSTGRES_PASSWORD: 'test', POSTGRES_DB: 'test' },
    credentials: 'postgres:test',
    flags: (durable) => [
      ...['-c', 'max_connections=1000'],
      ...(durable ? [] : ['-c', 'fsync=off', '-c', 'synchronous_commit=off', '-c', 'full_page_writes=off']),
    ],
  },
  mysql: {
    title: 'MySQL',
    image: 'mysql:8.4',
    port: 3306,
    environment: { MYSQL_ROOT_PASSWORD: 'test', MYSQL_DATABASE: 'test' },
    credentials: 'root:test',
    flags: mysqlFlags,
  },
  mariadb: {
    title: 'MariaDB',
    image: 'mariadb:11.8',
    port: 3306,
    environment: { MARIADB_ROOT_PASSWORD: 'test', MARIADB_DATABASE: 'test' },
    credentials: 'root:test',
    flags: mysqlFlags,
  },
}

/** @param {Kind} kind */
export const urlVariable = (kind) => `CLERK_SYNC_${kind.toUpperCase()}_URL`
/** @param {Kind} kind */
export const imageVariable = (kind) => `CLERK_SYNC_${kind.toUpperCase()}_IMAGE`
/** @param {Kind} kind @param {string} authority user, password, host and port @param {string} database */
export const urlOf = (kind, authority, database) =>
  `${kind === 'postgres' ? 'postgres' : 'mysql'}://${authority}/${database}`

import { testMysql } from './kit/mysql.ts'

await testMysql('kysely:mysql (mysql2 on MariaDB)', 'CLERK_SYNC_MARIADB_URL', 'kysely_mysql2')

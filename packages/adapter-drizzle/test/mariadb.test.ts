import { testMysql } from './kit/mysql.ts'

await testMysql('drizzle:mysql (mysql2 on MariaDB)', 'CLERK_SYNC_MARIADB_URL', 'drizzle_mysql2')

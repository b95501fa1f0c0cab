import { testMysql } from './kit/mysql.ts'

await testMysql('drizzle:mysql (mysql2)', 'CLERK_SYNC_MYSQL_URL', 'drizzle_mysql2')

import { testMysql } from './kit/mysql.ts'

await testMysql('kysely:mysql (mysql2)', 'CLERK_SYNC_MYSQL_URL', 'kysely_mysql2')

import { testMysql } from './kit/mysql.ts'

await testMysql('drizzle:mysql (mysql2, prepared)', 'mysql', true)

import { testMysql } from './kit/mysql.ts'

await testMysql('kysely:mysql (mysql2)', 'mysql')

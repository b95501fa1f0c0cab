import { testMysql } from './kit/mysql.ts'

await testMysql('kysely:mysql (mysql2 on MariaDB)', 'mariadb')

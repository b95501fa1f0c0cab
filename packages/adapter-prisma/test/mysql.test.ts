import { testMysql } from './kit/mysql-suite.ts'

await testMysql('prisma:mysql (Prisma 7, prisma-client-js, MySQL)', 'mysql', {})

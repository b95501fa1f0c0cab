import { testMysql } from './kit/mysql-suite.ts'

// Affected rows are counted differently without it, and a user may have turned it off.
await testMysql('prisma:mysql (Prisma 7, prisma-client-js, MariaDB)', 'mariadb', { foundRows: false })

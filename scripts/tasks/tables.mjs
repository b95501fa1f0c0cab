// npm run tables: writes the tables of scripts/tables/applications.ts into the documents that show them.
import { node, step } from '../tools.mjs'

await step('tables', () => node(['scripts/check-tables.mjs', '--update']))

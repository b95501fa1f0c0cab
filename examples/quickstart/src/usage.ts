export const USAGE = `The quickstart: users, organizations and memberships in your own tables, in step with Clerk.

  npm run demo              a story of a dozen deliveries, what is answered and why, and a check of the tables at the end
  npm run demo -- --serve   the server itself, at http://127.0.0.1:3000, with a page that shows the tables

With the same environment, in a second terminal:

  npm run --silent clerk-sync -- --help     the command clerk-sync, on the tables of the quickstart

Environment:

  PORT                          default 3000, for the story a free one; 0 picks a free one
  DATABASE_URL                  postgres://…, mysql://… or sqlite:FILE; default: a file of its own
  ADAPTER                       the ORM: drizzle (default), kysely or prisma
  MODE                          where the versions of rows are: row (default), in two columns of the tables, or beside
  CLERK_WEBHOOK_SIGNING_SECRET  default: a new one, which is printed`

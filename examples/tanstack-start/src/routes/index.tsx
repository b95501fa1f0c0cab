import { createFileRoute } from '@tanstack/react-router'
import { createServerFn } from '@tanstack/react-start'
import { isNull } from 'drizzle-orm'
import { db } from '../db/index.ts'
import { users } from '../db/schema.ts'

const listUsers = createServerFn().handler(() =>
  db.select({ id: users.id, email: users.email }).from(users).where(isNull(users.deletedAt)),
)

export const Route = createFileRoute('/')({ loader: () => listUsers(), component: Users })

function Users() {
  return (
    <ul>
      {Route.useLoaderData().map(({ id, email }) => (
        <li key={id}>{email}</li>
      ))}
    </ul>
  )
}

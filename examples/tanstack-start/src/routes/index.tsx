import { createFileRoute } from '@tanstack/react-router'
import { createServerFn } from '@tanstack/react-start'
import { db } from '../db/index.ts'

const listUsers = createServerFn().handler(() =>
  db.selectFrom('users').select(['id', 'email']).where('deleted_at', 'is', null).execute(),
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

import { isNull } from 'drizzle-orm'
import { useLoaderData } from 'react-router'
import { db } from '../db/index.server.ts'
import { users } from '../db/schema.ts'

export const loader = () => db.select({ id: users.id, email: users.email }).from(users).where(isNull(users.deletedAt))

export default function Users() {
  const rows = useLoaderData<typeof loader>()
  return (
    <ul>
      {rows.map(({ id, email }) => (
        <li key={id}>{email}</li>
      ))}
    </ul>
  )
}

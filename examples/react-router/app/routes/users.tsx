import { useLoaderData } from 'react-router'
import { prisma } from '../prisma.server.ts'

export const loader = () => prisma.user.findMany({ select: { id: true, email: true }, where: { deletedAt: null } })

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

import type { Metadata } from 'next'
import Link from 'next/link'
import { notFound } from 'next/navigation'
import { Avatar } from '@/components/avatar'
import { Frame } from '@/components/frame'
import { PlanBadge } from '@/components/plan'
import { asViewer, type DemoProps, viewerOf } from '@/lib/viewer'
import { roleLabel } from '@/lib/words'
import { organizationsOf } from '@/queries/organizations'

export const metadata: Metadata = { title: 'Organizations' }

export default async function Organizations(props: DemoProps) {
  const viewer = await viewerOf(props)
  if (!viewer) notFound()
  const organizations = await organizationsOf(viewer)
  return (
    <Frame viewer={viewer}>
      <h1>Your organizations</h1>
      {organizations.length === 0 && <p className="card empty">You are a member of none.</p>}
      <ul className="tiles">
        {organizations.map(({ id, slug, name, members, role, roleName, plan }) => (
          <li key={id}>
            <Link className="card tile" href={asViewer(`/organizations/${slug ?? id}`, viewer)}>
              <Avatar id={id} name={name ?? '?'} square />
              <div className="who">
                <strong>{name}</strong>
                <span className="quiet">
                  {members === 1 ? '1 member' : `${members} members`} · {roleLabel(roleName, role)}
                </span>
              </div>
              <PlanBadge name={plan} />
            </Link>
          </li>
        ))}
      </ul>
    </Frame>
  )
}

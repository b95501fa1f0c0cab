import type { Metadata } from 'next'
import Link from 'next/link'
import { notFound } from 'next/navigation'
import { Activity } from '@/components/activity'
import { Avatar } from '@/components/avatar'
import { Frame } from '@/components/frame'
import { Invitations } from '@/components/invitations'
import { Members } from '@/components/members'
import { Plan, PlanBadge } from '@/components/plan'
import { asViewer, type DemoProps, viewerOf } from '@/lib/viewer'
import { organizationFor } from '@/queries/organization'

interface Props extends DemoProps {
  readonly params: Promise<{ readonly slug: string }>
}

export const metadata: Metadata = { title: 'Organization' }

export default async function Organization(props: Props) {
  const viewer = await viewerOf(props)
  const { slug } = await props.params
  const page = viewer && (await organizationFor(viewer, slug))
  if (!page) notFound()
  const { organization, role, members, plans, invitations, seesPrices, activity } = page
  return (
    <Frame viewer={viewer}>
      <p className="back">
        <Link href={asViewer('/organizations', viewer)}>Your organizations</Link>
      </p>
      <div className="title">
        <Avatar id={organization.id} name={organization.name ?? '?'} square />
        <div>
          <div className="named">
            <h1>{organization.name}</h1>
            <PlanBadge name={plans.find(({ status }) => status !== 'upcoming')?.planName} />
          </div>
          <p className="quiet">Your role: {role}</p>
        </div>
      </div>
      <div className="columns">
        <div>
          <Members members={members} viewer={viewer} />
          {invitations && <Invitations {...invitations} />}
        </div>
        <div>
          <Plan plans={plans} seesPrices={seesPrices} />
          <Activity activity={activity} />
        </div>
      </div>
    </Frame>
  )
}

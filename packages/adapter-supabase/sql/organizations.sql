-- Tables for organizations, their members, invitations and domains, to adapt, beside those of tables.sql.

create table public.organizations (
  id text primary key,
  name text,
  slug text,
  image_url text,
  clerk_version text not null default '0',
  deleted_at timestamptz(3)
);

-- No foreign keys: a membership may arrive before its user or its organization.
create table public.organization_memberships (
  id text primary key,
  organization_id text not null,
  user_id text not null,
  role text not null,
  clerk_version text not null default '0',
  deleted_at timestamptz(3)
);
create index organization_memberships_user_id_idx on public.organization_memberships (user_id);
-- For live rows alone: a member who left and comes back has a new row beside the deleted one.
create unique index organization_memberships_live_idx
  on public.organization_memberships (user_id, organization_id) where deleted_at is null;
create index organization_memberships_organization_id_idx on public.organization_memberships (organization_id);

-- An invitation expires without an event: its status stays pending, so ask for expires_at > now() as well.
create table public.organization_invitations (
  id text primary key,
  organization_id text not null,
  email text not null,
  role text not null,
  status text, -- pending, accepted, revoked
  user_id text, -- who accepted it
  expires_at timestamptz(3),
  clerk_version text not null default '0',
  deleted_at timestamptz(3)
);
create index organization_invitations_organization_id_idx on public.organization_invitations (organization_id);

create table public.organization_domains (
  id text primary key,
  organization_id text,
  name text,
  enrollment_mode text,
  verified boolean not null default false,
  clerk_version text not null default '0',
  deleted_at timestamptz(3)
);
create index organization_domains_organization_id_idx on public.organization_domains (organization_id);

revoke all on public.organizations, public.organization_memberships, public.organization_invitations,
  public.organization_domains from anon, authenticated;
grant select on public.organizations, public.organization_memberships to authenticated;
grant select, insert, update on public.organizations, public.organization_memberships, public.organization_invitations,
  public.organization_domains to service_role;

alter table public.organizations enable row level security;
alter table public.organization_memberships enable row level security;
alter table public.organization_invitations enable row level security;
alter table public.organization_domains enable row level security;

create policy "Users read their own memberships" on public.organization_memberships
  for select to authenticated
  using (user_id = ((select auth.jwt()) ->> 'sub'));

create policy "Members read their organizations" on public.organizations
  for select to authenticated
  using (exists (
    select from public.organization_memberships m
    where m.organization_id = organizations.id
      and m.user_id = ((select auth.jwt()) ->> 'sub')
      and m.deleted_at is null
  ));

-- For the service role alone, until you replace the policy with your own.
create policy "No user reads invitations" on public.organization_invitations
  for select to anon, authenticated
  using (false);
create policy "No user reads domains" on public.organization_domains
  for select to anon, authenticated
  using (false);

-- A membership counts while it, its user and its organization are there and not deleted. Clerk is not known to send the
-- memberships' own deletes when a user or an organization goes, so their rows outlive it. The view reads with the
-- rights of the one who asks.
create view public.live_memberships with (security_invoker = true) as
  select m.*
  from public.organization_memberships m
  where m.deleted_at is null
    and exists (select from public.users u where u.id = m.user_id and u.deleted_at is null)
    and exists (select from public.organizations o where o.id = m.organization_id and o.deleted_at is null);
revoke all on public.live_memberships from anon, authenticated;
grant select on public.live_memberships to authenticated, service_role;

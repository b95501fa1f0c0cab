-- Tables for roles, permissions, the waitlist and Clerk's billing, to adapt, beside those of organizations.sql.

create table public.roles (
  id text primary key,
  key text, -- org:admin: what a membership's role says
  name text,
  description text,
  permissions jsonb, -- ["org:posts:read"]
  is_creator_eligible boolean not null default false,
  clerk_version text not null default '0',
  deleted_at timestamptz(3)
);
create index roles_key_idx on public.roles (key);

create table public.permissions (
  id text primary key,
  key text, -- org:posts:read
  name text,
  description text,
  clerk_version text not null default '0',
  deleted_at timestamptz(3)
);

create table public.waitlist_entries (
  id text primary key,
  email text not null,
  status text not null, -- pending, invited, completed, rejected
  invitation_id text,
  is_locked boolean not null default false,
  clerk_version text not null default '0',
  deleted_at timestamptz(3)
);

-- Of who pays: a user or an organization.
create table public.subscriptions (
  id text primary key,
  payer_id text not null,
  user_id text,
  organization_id text,
  status text not null, -- active, past_due
  active_at timestamptz(3),
  past_due_at timestamptz(3),
  clerk_version text not null default '0',
  deleted_at timestamptz(3)
);
create index subscriptions_user_id_idx on public.subscriptions (user_id);
create index subscriptions_organization_id_idx on public.subscriptions (organization_id);

create table public.subscription_items (
  id text primary key,
  payer_id text not null,
  user_id text,
  organization_id text,
  status text not null, -- active, canceled, past_due, upcoming, ended, abandoned, incomplete, expired
  plan_id text,
  plan_slug text,
  plan_name text,
  plan_period text, -- month, annual
  amount bigint, -- in the currency's minor unit: 2000 is $20.00
  currency text,
  seats integer,
  is_free_trial boolean not null default false,
  period_start timestamptz(3),
  period_end timestamptz(3),
  clerk_version text not null default '0',
  deleted_at timestamptz(3)
);
create index subscription_items_user_id_idx on public.subscription_items (user_id);
create index subscription_items_organization_id_idx on public.subscription_items (organization_id);

create table public.payment_attempts (
  id text primary key,
  payer_id text not null,
  user_id text,
  organization_id text,
  status text not null, -- pending, paid, failed
  charge_type text, -- checkout, recurring
  amount bigint, -- in the currency's minor unit, with taxes
  currency text,
  card_type text,
  last4 text,
  paid_at timestamptz(3),
  failed_at timestamptz(3),
  clerk_version text not null default '0',
  deleted_at timestamptz(3)
);
create index payment_attempts_user_id_idx on public.payment_attempts (user_id);
create index payment_attempts_organization_id_idx on public.payment_attempts (organization_id);

revoke all on public.roles, public.permissions, public.waitlist_entries, public.subscriptions,
  public.subscription_items, public.payment_attempts from anon, authenticated;
grant select on public.roles, public.permissions, public.subscriptions, public.subscription_items,
  public.payment_attempts to authenticated;
grant select, insert, update on public.roles, public.permissions, public.waitlist_entries, public.subscriptions,
  public.subscription_items, public.payment_attempts to service_role;

alter table public.roles enable row level security;
alter table public.permissions enable row level security;
alter table public.waitlist_entries enable row level security;
alter table public.subscriptions enable row level security;
alter table public.subscription_items enable row level security;
alter table public.payment_attempts enable row level security;

create policy "Users read what roles there are" on public.roles
  for select to authenticated
  using (deleted_at is null);
create policy "Users read what permissions there are" on public.permissions
  for select to authenticated
  using (deleted_at is null);

-- For the service role alone: addresses of people who are no users yet.
create policy "No user reads the waitlist" on public.waitlist_entries
  for select to anon, authenticated
  using (false);

-- What is an organization's, all of its members read; replace it where billing is for some of them.
create policy "Users read their own subscription, members that of their organizations" on public.subscriptions
  for select to authenticated
  using (user_id = ((select auth.jwt()) ->> 'sub') or exists (
    select from public.organization_memberships m
    where m.organization_id = subscriptions.organization_id
      and m.user_id = ((select auth.jwt()) ->> 'sub')
      and m.deleted_at is null
  ));
create policy "Users read their own plans, members those of their organizations" on public.subscription_items
  for select to authenticated
  using (user_id = ((select auth.jwt()) ->> 'sub') or exists (
    select from public.organization_memberships m
    where m.organization_id = subscription_items.organization_id
      and m.user_id = ((select auth.jwt()) ->> 'sub')
      and m.deleted_at is null
  ));
create policy "Users read their own payments" on public.payment_attempts
  for select to authenticated
  using (user_id = ((select auth.jwt()) ->> 'sub'));

-- The plans that users and organizations are on: a canceled one lasts until its period ends. The views read with the rights of
-- the one who asks.
create view public.active_plans with (security_invoker = true) as
  select i.*
  from public.subscription_items i
  where i.deleted_at is null
    and (i.status = 'active' or (i.status = 'canceled' and i.period_end > now()));

-- Who has which role where, with what it permits.
create view public.live_roles with (security_invoker = true) as
  select m.id, m.organization_id, m.user_id, m.role, r.name, r.permissions
  from public.live_memberships m
  left join public.roles r on r.key = m.role and r.deleted_at is null;

revoke all on public.active_plans, public.live_roles from anon, authenticated;
grant select on public.active_plans, public.live_roles to authenticated, service_role;

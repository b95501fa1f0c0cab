-- Tables to adapt. Copy this file into your migrations and make them yours: more columns, other names, your own key.
-- What clerk-sync needs of a synced table: the Clerk id in a primary key or unique column, clerk_version and deleted_at.

create table public.users (
  id text primary key, -- the Clerk id. With a key of your own: clerk_id text not null unique
  email text,
  first_name text,
  last_name text,
  image_url text,
  created_at timestamptz not null default now(), -- yours: no event touches it
  clerk_version text not null default '0',
  deleted_at timestamptz(3)
);

-- The ledger, for hooks: one row for each message whose hook ran.
create table public.clerk_events (
  id text primary key,
  type text not null,
  entity_id text,
  occurred_at timestamptz(3) not null,
  processed_at timestamptz(3) not null
);
create index clerk_events_processed_at_idx on public.clerk_events (processed_at);

-- Dead letters, optional: whole events that a table or a hook refuses, with names and addresses of users.
create table public.clerk_dead_letters (
  id text primary key,
  type text not null,
  entity_id text,
  code text not null,
  payload text not null,
  parked_at timestamptz(3) not null
);
create index clerk_dead_letters_entity_id_idx on public.clerk_dead_letters (entity_id);

-- Who may do what. The webhook writes as service_role, which row-level security does not hold.
revoke all on public.users, public.clerk_events, public.clerk_dead_letters from anon, authenticated;
grant select on public.users to authenticated;
grant select, insert, update on public.users to service_role;
grant select, insert, delete on public.clerk_events, public.clerk_dead_letters to service_role;
grant update on public.clerk_dead_letters to service_role;

alter table public.users enable row level security;
alter table public.clerk_events enable row level security;
alter table public.clerk_dead_letters enable row level security;

-- Clerk ids are no UUIDs, so auth.uid() fails on them. In a subquery, the token is read once and not for every row.
create policy "Users read their own row" on public.users
  for select to authenticated
  using (id = ((select auth.jwt()) ->> 'sub'));

-- Without a policy it would be as closed; Supabase's advisor would ask whether one was forgotten.
create policy "No user reads the ledger" on public.clerk_events
  for select to anon, authenticated
  using (false);
create policy "No user reads dead letters" on public.clerk_dead_letters
  for select to anon, authenticated
  using (false);

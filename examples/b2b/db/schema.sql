-- The tables of schema.ts, for the demo and the tests. An application of yours has migrations: npx drizzle-kit generate
create table users (
  id text primary key,
  email text,
  full_name text
);

create table organizations (
  id text primary key,
  name text,
  slug text
);
create index on organizations (slug);

create table organization_memberships (
  id text primary key,
  organization_id text not null references organizations on delete cascade,
  user_id text not null references users on delete cascade,
  role text not null,
  joined_at timestamp(3) with time zone,
  unique (user_id, organization_id)
);
create index on organization_memberships (organization_id);

create table organization_invitations (
  id text primary key,
  organization_id text not null references organizations on delete cascade,
  email text not null,
  role text not null,
  status text,
  invited_at timestamp(3) with time zone,
  expires_at timestamp(3) with time zone
);
create index on organization_invitations (organization_id);

create table roles (
  id text primary key,
  key text unique,
  name text,
  permissions jsonb
);

create table subscription_items (
  id text primary key,
  organization_id text references organizations on delete cascade,
  user_id text references users on delete cascade,
  status text not null,
  plan_name text,
  plan_period text,
  amount bigint,
  currency text,
  seats integer,
  is_free_trial boolean not null default false,
  period_start timestamp(3) with time zone,
  period_end timestamp(3) with time zone
);
create index on subscription_items (organization_id);

create table activity (
  message_id text primary key,
  organization_id text not null,
  happened_at timestamp(3) with time zone not null,
  kind text not null,
  subject_id text not null,
  value text
);
create index on activity (organization_id, happened_at);

create table clerk_events (
  id text primary key,
  type text not null,
  entity_id text,
  occurred_at timestamp(3) with time zone not null,
  processed_at timestamp(3) with time zone not null
);
create index on clerk_events (processed_at);

create table clerk_versions (
  table_name text not null,
  id text not null,
  version text not null,
  deleted_at timestamp(3) with time zone,
  primary key (table_name, id)
);

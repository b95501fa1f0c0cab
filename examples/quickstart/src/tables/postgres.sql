-- Sent as one transaction. The lock is for processes that start together: "if not exists" alone can fail then.
select pg_advisory_xact_lock(710245983);

create table if not exists users (
  id text primary key,
  email text,
  email_verified boolean not null default false,
  phone_number text,
  username text,
  first_name text,
  last_name text,
  full_name text,
  image_url text,
  external_id text,
  public_metadata jsonb,
  banned boolean not null default false,
  locked boolean not null default false,
  last_sign_in_at timestamptz(3),
  clerk_version text not null default '0',
  deleted_at timestamptz(3)
);

create table if not exists organizations (
  id text primary key,
  name text,
  slug text,
  image_url text,
  created_by text,
  public_metadata jsonb,
  clerk_version text not null default '0',
  deleted_at timestamptz(3)
);

create table if not exists organization_memberships (
  id text primary key,
  organization_id text not null,
  user_id text not null,
  role text not null,
  permissions jsonb,
  clerk_version text not null default '0',
  deleted_at timestamptz(3)
);

create table if not exists clerk_events (
  id text primary key,
  type text not null,
  entity_id text,
  occurred_at timestamptz(3) not null,
  processed_at timestamptz(3) not null
);
create index if not exists clerk_events_processed_at_idx on clerk_events (processed_at);

create table if not exists welcomes (
  id integer generated always as identity primary key,
  user_id text not null,
  event_id text not null
);

create table users (
  id text primary key,
  email text,
  clerk_version text not null default '0',
  deleted_at timestamptz(3)
);

create table clerk_events (
  id text primary key,
  type text not null,
  entity_id text,
  occurred_at timestamptz(3) not null,
  processed_at timestamptz(3) not null
);
create index clerk_events_processed_at_idx on clerk_events (processed_at);

create table outbox (
  key text primary key,
  user_id text not null,
  template text not null,
  due_at timestamptz not null default now(),
  attempts integer not null default 0,
  sent_at timestamptz
);
create index outbox_due_idx on outbox (due_at) where sent_at is null;

-- MODE=beside: the versions of the rows, and what is left of those that were removed.
create table if not exists clerk_versions (
  table_name text not null,
  id text not null,
  version text not null,
  deleted_at timestamptz(3),
  primary key (table_name, id)
);

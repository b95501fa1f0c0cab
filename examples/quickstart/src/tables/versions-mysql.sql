-- MODE=beside: the versions of the rows, and what is left of those that were removed.
create table if not exists clerk_versions (
  table_name varchar(64) not null,
  id varchar(255) not null,
  version varchar(34) not null,
  deleted_at datetime(3),
  primary key (table_name, id)
) default character set utf8mb4;

create table users (
  id varchar(255) primary key,
  email varchar(320),
  first_name varchar(255),
  last_name varchar(255),
  image_url text,
  clerk_version varchar(34) not null default '0',
  deleted_at datetime(3)
);

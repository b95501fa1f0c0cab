create table users (
  id varchar(255) character set ascii collate ascii_bin primary key,
  email varchar(320),
  first_name varchar(255),
  last_name varchar(255),
  image_url text,
  clerk_version varchar(33) character set ascii collate ascii_bin not null default '0',
  deleted_at datetime(3)
);

-- Tables of what a user has many of, to adapt: take those that you want. docs/parts.md in the repository says what holds.

create table public.email_addresses (
  user_id text not null references public.users (id),
  id text not null, -- the Clerk id
  email_address text,
  verified boolean not null default false,
  is_primary boolean not null default false,
  primary key (user_id, id)
);
create index email_addresses_email_address_idx on public.email_addresses (email_address);

create table public.phone_numbers (
  user_id text not null references public.users (id),
  id text not null, -- the Clerk id
  phone_number text,
  verified boolean not null default false,
  is_primary boolean not null default false,
  primary key (user_id, id)
);

create table public.external_accounts (
  user_id text not null references public.users (id),
  id text not null, -- the Clerk id
  provider text, -- oauth_google
  provider_user_id text,
  email_address text,
  verified boolean not null default false,
  primary key (user_id, id)
);

create table public.web3_wallets (
  user_id text not null references public.users (id),
  id text not null, -- the Clerk id
  web3_wallet text,
  verified boolean not null default false,
  is_primary boolean not null default false,
  primary key (user_id, id)
);

revoke all on public.email_addresses, public.phone_numbers, public.external_accounts,
  public.web3_wallets from anon, authenticated;
grant select on public.email_addresses, public.phone_numbers, public.external_accounts,
  public.web3_wallets to authenticated;
grant select, insert, update, delete on public.email_addresses, public.phone_numbers, public.external_accounts,
  public.web3_wallets to service_role;

alter table public.email_addresses enable row level security;
alter table public.phone_numbers enable row level security;
alter table public.external_accounts enable row level security;
alter table public.web3_wallets enable row level security;

create policy "Users read their own e-mail addresses" on public.email_addresses
  for select to authenticated
  using (user_id = ((select auth.jwt()) ->> 'sub'));
create policy "Users read their own phone numbers" on public.phone_numbers
  for select to authenticated
  using (user_id = ((select auth.jwt()) ->> 'sub'));
create policy "Users read their own accounts with OAuth providers" on public.external_accounts
  for select to authenticated
  using (user_id = ((select auth.jwt()) ->> 'sub'));
create policy "Users read their own wallets" on public.web3_wallets
  for select to authenticated
  using (user_id = ((select auth.jwt()) ->> 'sub'));

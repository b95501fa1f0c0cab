-- The functions that @clerk-sync/adapter-supabase calls, version 7. Copy this file into your migrations as it is; a new
-- version of the package may bring a new one, which replaces these functions. check() compares the versions.
--
-- They run as the one who calls them (security invoker), which may only be service_role, and they touch only tables of
-- the schema public that have the columns of clerk-sync, or whose versions are beside them, and those of their parts: what
-- service_role may not do, they cannot do either. A write that the database took and did not keep fails with the code
-- CS001. To see that, they run the triggers that are deferred to the end of the transaction before they look.
--
-- No default and no type of the application's is named in the statements: service_role need not be allowed to use the
-- schemas that these are in. The application's triggers, and the functions of its constraints, run under the search path
-- that PostgREST was configured with. A function that sets its own does not see it any more; the default of the argument
-- path is evaluated before, so nobody passes it.

-- Two functions with one name would be ambiguous to PostgREST: those of version 1 had no path, and mark no letters; those
-- before version 7 knew no parts.
drop function if exists public.clerk_sync_write(jsonb);
drop function if exists public.clerk_sync_write_many(jsonb);
drop function if exists public.clerk_sync_write_once(text, text, jsonb);
drop function if exists public.clerk_sync_mark(text, jsonb);
drop function if exists public.clerk_sync_prune(text, timestamptz);
drop function if exists public.clerk_sync_facts(text[]);
drop function if exists public.clerk_sync_refusing(text, jsonb);
drop function if exists public.clerk_sync_mark(text, jsonb, text);
drop function if exists public.clerk_sync_write(jsonb, text);
drop function if exists public.clerk_sync_write_many(jsonb, text);
drop function if exists public.clerk_sync_write_once(text, text, jsonb, text);
drop function if exists public.clerk_sync_replace(jsonb, text);
drop function if exists public.clerk_sync_prune_tombstones(jsonb, text[], timestamptz, text);
drop function if exists public.clerk_sync_source(regclass);

-- A table by its name, if it has these columns. Outside of the search_path, its text is qualified and quoted.
create or replace function public.clerk_sync_table(name text, needed text[])
returns regclass
language plpgsql stable security invoker set search_path = pg_catalog, pg_temp
as $$
declare
  found_table regclass := to_regclass(format('public.%I', name));
  missing text;
begin
  if found_table is null then
    raise exception using errcode = 'undefined_table', message = format('the table public.%I does not exist', name);
  end if;
  if not exists (select from pg_class c where c.oid = found_table and c.relkind = 'r') then
    raise exception using
      errcode = 'wrong_object_type',
      message = format('%s cannot be synced, it is not an ordinary table: name the table behind the view', found_table);
  end if;
  select string_agg(n.needed, ', ') into missing
  from unnest(needed) as n(needed)
  where not exists (
    select from pg_attribute a
    where a.attrelid = found_table and a.attname = n.needed and a.attnum > 0 and not a.attisdropped
  );
  if missing is not null then
    raise exception using
      errcode = 'undefined_column',
      message = format('the table %s cannot be synced, it has no column %s', found_table, missing);
  end if;
  return found_table;
end
$$;

-- What reads a row r of a table out of JSON, by default $1. What the JSON leaves out is NULL even where the type forbids it, which
-- jsonb_populate_record(null::…) refuses: the outer join that finds nothing is not asked what a domain takes.
create or replace function public.clerk_sync_source(target regclass, given text default '$1')
returns text
language sql stable security invoker set search_path = pg_catalog, pg_temp
as $$
  select format(
    '(select x.* from (select) as one left join %1$s as x on false) as clerk_sync_nulls, '
    'jsonb_populate_record(clerk_sync_nulls::%1$s, %2$s) as r', target, given
  )
$$;

-- Whether a row t of a table is the one of r: by the index, and then byte by byte, since a column may ignore case, and the
-- row would be another's.
create or replace function public.clerk_sync_own(key text)
returns text
language sql stable security invoker set search_path = pg_catalog, pg_temp
as $$
  select format('t.%1$I = r.%1$I and t.%1$I::text collate "C" = r.%1$I::text collate "C"', key)
$$;

-- Whether a column, or the domain that is its type, takes no NULL. A domain is asked, since its CHECK may say so as well.
create or replace function public.clerk_sync_refuses_null(target regclass, column_name text, path text)
returns boolean
language plpgsql stable security invoker set search_path = pg_catalog, pg_temp
as $$
declare
  not_null boolean;
  of_domain boolean;
begin
  select a.attnotnull, t.typtype = 'd' into not_null, of_domain
  from pg_attribute a join pg_type t on t.oid = a.atttypid
  where a.attrelid = target and a.attname = column_name and a.attnum > 0 and not a.attisdropped;
  if of_domain and not not_null then
    perform set_config('search_path', path, true);
    execute format('select r.%I from %s', column_name, public.clerk_sync_source(target))
      using jsonb_build_object(column_name, null);
  end if;
  return coalesce(not_null, false);
exception
  when not_null_violation or check_violation then
    return true;
end
$$;

-- The tables of the parts of a change, and what is to be in them: of a row that goes, nothing.
--
-- parts, in the change: [{"table", "owner": the column with the Clerk id of the row, "key": the column with the part's own,
-- "rows": all with the same columns}].
create or replace function public.clerk_sync_parts_of(change jsonb)
returns table (target regclass, owner text, key text, owned jsonb, rows jsonb, ids text[])
language sql stable security invoker set search_path = pg_catalog, pg_temp
as $$
  select public.clerk_sync_table(p ->> 'table', array[p ->> 'owner', p ->> 'key']), p ->> 'owner', p ->> 'key',
    jsonb_build_object(p ->> 'owner', change -> 'row' ->> (change ->> 'key')), given.rows,
    array(select r ->> (p ->> 'key') from jsonb_array_elements(given.rows) as r)
  from jsonb_array_elements(nullif(change -> 'parts', 'null')) as p,
    lateral (select case change ->> 'mode' when 'remove' then '[]' else p -> 'rows' end as rows) as given
$$;

-- Makes the parts of a row those of the change that was written to it: others go, of all tables, and then those that are
-- there are inserted or updated in their order, by their key alone. None stays where the row goes. The lock on the row, or on
-- its version, holds everybody else off. What is deferred is not run: the row may have to follow.
create or replace function public.clerk_sync_write_parts(change jsonb, path text)
returns void
language plpgsql volatile security invoker set search_path = pg_catalog, pg_temp
as $$
declare
  list record;
  columns text;
  vals text;
  assignments text;
  written bigint;
begin
  perform set_config('search_path', path, true);
  for list in select * from public.clerk_sync_parts_of(change) loop
    execute format(
      'delete from %s as t using %s where %s and t.%I::text collate "C" <> all ($2)',
      list.target, public.clerk_sync_source(list.target), public.clerk_sync_own(list.owner), list.key
    ) using list.owned, list.ids;
  end loop;
  for list in select * from public.clerk_sync_parts_of(change) where ids <> '{}' loop
    select string_agg(format('%I', n.name), ', '), string_agg(format('r.%I', n.name), ', ') into columns, vals
    from jsonb_object_keys(list.rows -> 0) as n(name);
    select string_agg(format('%1$I = excluded.%1$I', n.name), ', ') into assignments
    from jsonb_object_keys(list.rows -> 0) as n(name)
    where n.name <> all (array[list.owner, list.key]);
    execute format(
      'insert into %1$s as t (%2$s) '
      'select %3$s from jsonb_array_elements($1) with ordinality as given(part, place), %4$s order by given.place '
      'on conflict (%5$I, %6$I) do update set %7$s',
      list.target, columns, vals, public.clerk_sync_source(list.target, 'given.part'), list.owner, list.key,
      coalesce(assignments, format('%1$I = excluded.%1$I', list.key))
    ) using list.rows;
    get diagnostics written = row_count;
    if written <> cardinality(list.ids) then
      perform public.clerk_sync_lost_parts(list.owned ->> list.owner, list.target);
    end if;
  end loop;
end
$$;

-- Fails where the tables do not have the parts of a change that was written: once all is run that is deferred.
create or replace function public.clerk_sync_show_parts(change jsonb)
returns void
language plpgsql volatile security invoker set search_path = pg_catalog, pg_temp
as $$
declare
  list record;
  there text[];
begin
  for list in select * from public.clerk_sync_parts_of(change) loop
    -- A column that ignores case had another's row updated.
    execute format(
      'select array(select t.%1$I::text from %2$s as t, %3$s where %4$s order by t.%1$I::text collate "C")',
      list.key, list.target, public.clerk_sync_source(list.target), public.clerk_sync_own(list.owner)
    ) into there using list.owned;
    if there <> array(select i from unnest(list.ids) as i order by i collate "C") then
      perform public.clerk_sync_lost_parts(list.owned ->> list.owner, list.target);
    end if;
  end loop;
end
$$;

create or replace function public.clerk_sync_lost_parts(id text, target regclass)
returns void
language plpgsql stable security invoker set search_path = pg_catalog, pg_temp
as $$
begin
  raise exception using
    errcode = 'CS001',
    message = format(
      'the database took the parts of %s in %s without an error, and does not have them as they were written. A trigger, '
      'a rule or a row-level security policy drops such writes, or changes their key: make it leave them unchanged',
      id, target);
end
$$;

-- One guarded write of a table with sync columns: created, updated or deleted; where nothing is due, unchanged for a row
-- that holds the change, stale for one that holds a newer one. already_deleted where the row is the tombstone of another
-- event. Fails where the row does not hold the change afterwards: a trigger may have dropped it, which an empty result
-- does not show.
--
-- change: {"table", "key": the column with the Clerk id, "mode": upsert | erase | keep, "row": the columns to insert}.
-- keep sets deleted_at alone in a row that is there. erase gives a column that takes no NULL its default for null.
create or replace function public.clerk_sync_write_in_row(change jsonb, path text)
returns text
language plpgsql volatile security invoker set search_path = pg_catalog, pg_temp
as $$
declare
  key text := change ->> 'key';
  mode text := change ->> 'mode';
  guard text := case mode when 'keep' then 'deleted_at' else 'clerk_version' end;
  target regclass := public.clerk_sync_table(change ->> 'table', array[key, 'clerk_version', 'deleted_at']);
  source text := public.clerk_sync_source(target);
  given jsonb := change -> 'row';
  defaulted text[] := '{}';
  columns text;
  vals text;
  assignments text;
  created boolean;
  same boolean;
  gone boolean;
begin
  if mode = 'erase' then
    select coalesce(array_agg(n.name), '{}') into defaulted
    from jsonb_each(given) as n(name, value)
    where n.value = 'null' and public.clerk_sync_refuses_null(target, n.name, path);
  end if;
  select string_agg(format('%I', n.name), ', '), string_agg(format('r.%I', n.name), ', ')
  into columns, vals
  from jsonb_object_keys(given - defaulted) as n(name);
  -- What was left out is excluded with its default.
  select string_agg(format('%1$I = excluded.%1$I', n.name), ', ') into assignments
  from jsonb_object_keys(given) as n(name)
  where case mode when 'keep' then n.name = 'deleted_at' else n.name <> key end;

  perform set_config('search_path', path, true);
  execute format(
    'insert into %1$s as t (%2$s) select %3$s from %4$s '
    'on conflict (%5$I) do update set %6$s where t.%7$I is null or t.%7$I < excluded.%7$I '
    'returning (t.xmax = 0)',
    target, columns, vals, source, key, assignments, guard
  ) into created using given - defaulted;
  if created is not null then
    perform public.clerk_sync_write_parts(change, path);
  end if;
  set constraints all immediate;
  execute format(
    'select t.%3$I = r.%3$I, t.deleted_at is not null from %1$s as t, %2$s where %4$s and t.%3$I >= r.%3$I',
    target, source, guard, public.clerk_sync_own(key)
  ) into same, gone using given - defaulted;
  if same is null then
    raise exception using
      errcode = 'CS001',
      message = format(
        'the database took the write of %s to %s without an error, and the row does not hold it. A trigger, a rule or a '
        'row-level security policy drops such writes, or changes their %s, clerk_version or deleted_at: make it leave them unchanged',
        given ->> key, target, key);
  end if;
  if created is not null then
    perform public.clerk_sync_show_parts(change);
  end if;
  return case
    when mode <> 'upsert' and created is not null then 'deleted'
    when same and (mode <> 'upsert' or not gone) and created is null then 'unchanged'
    when gone then 'already_deleted'
    when created then 'created'
    when not created then 'updated'
    else 'stale'
  end;
end
$$;

-- The table of versions, for tables without sync columns.
create or replace function public.clerk_sync_versions_table(versions text)
returns regclass
language sql stable security invoker set search_path = pg_catalog, pg_temp
as $$
  select public.clerk_sync_table(versions, array['table_name', 'id', 'version', 'deleted_at'])
$$;

-- A table whose versions are beside it: one that still has its own is refused. So the functions write a table in one of
-- the two ways and never in both, whichever adapters call them while a table is moved.
create or replace function public.clerk_sync_beside_table(name text, key text)
returns regclass
language plpgsql stable security invoker set search_path = pg_catalog, pg_temp
as $$
declare
  target regclass := public.clerk_sync_table(name, array[key]);
begin
  if exists (
    select from pg_attribute a where a.attrelid = target and a.attname = 'clerk_version' and not a.attisdropped
  ) then
    raise exception using
      errcode = 'CS002',
      message = format(
        '%s still has the column clerk_version, though its versions are to be beside it: move them there first, then drop '
        'the sync columns', target);
  end if;
  return target;
end
$$;

-- One guarded write of a table whose versions are beside it: created, updated or deleted; unchanged, stale or
-- already_deleted where nothing is due, the last also of a row that is gone though it was written once. The version is
-- raised only together with a row that is there afterwards, or gone; else this fails, and the raise with it.
--
-- Raise and removal are two statements: the snapshot of one would be older than its wait for the version's lock, and
-- would not show a row that was inserted meanwhile.
--
-- change: {"table", "key", "mode": upsert | fill | erase | remove, "row": the columns to insert, of a removal the key
-- alone, "versions": the table of versions, "version", "deletedAt", "expected": the version that is there, of a change that
-- replaces no other, - where there is none}. A tombstone keeps its time where none is given, but for an upsert, by which
-- the row lives: fill is what a tombstone that keeps its values takes.
create or replace function public.clerk_sync_write_beside(change jsonb, path text)
returns text
language plpgsql volatile security invoker set search_path = pg_catalog, pg_temp
as $$
declare
  key text := change ->> 'key';
  mode text := change ->> 'mode';
  is_snapshot boolean := mode in ('upsert', 'fill');
  expected text := change ->> 'expected';
  new_version text := change ->> 'version';
  target regclass := public.clerk_sync_beside_table(change ->> 'table', key);
  versions regclass := public.clerk_sync_versions_table(change ->> 'versions');
  source text := public.clerk_sync_source(target);
  given jsonb := change -> 'row';
  own text := public.clerk_sync_own(key);
  defaulted text[] := '{}';
  columns text;
  vals text;
  assignments text;
  lowered bigint := 1;
  raised boolean;
  created boolean;
  written_key text;
  found_version text;
  removed boolean;
  is_there boolean;
  lost boolean;
begin
  if mode not in ('upsert', 'fill', 'erase', 'remove') then
    raise exception using
      errcode = 'feature_not_supported', message = format('clerk_sync_write knows no mode %s with versions beside', mode);
  end if;

  if mode = 'erase' then
    select coalesce(array_agg(n.name), '{}') into defaulted
    from jsonb_each(given) as n(name, value)
    where n.value = 'null' and public.clerk_sync_refuses_null(target, n.name, path);
  end if;

  perform set_config('search_path', path, true);
  -- What is expected is lowered, and so the guard takes; it takes nothing where the version is another.
  if expected = '0' then
    execute format(
      'insert into %s (table_name, id, version) select $2, $3, $4 from %s as t, %s where %s '
      'on conflict (table_name, id) do nothing',
      versions, target, source, own
    ) using given - defaulted, change ->> 'table', given ->> key, expected;
  end if;
  if expected <> '-' then
    execute format('update %s set version = ''0'' where table_name = $1 and id = $2 and version = $3', versions)
      using change ->> 'table', given ->> key, expected;
    get diagnostics lowered = row_count;
  end if;
  if lowered = 1 then
    execute format(
      'insert into %s as v (table_name, id, version, deleted_at) values ($1, $2, $3, $4) '
      'on conflict (table_name, id) do update set version = excluded.version, '
      '  deleted_at = case when $5 then null else coalesce(excluded.deleted_at, v.deleted_at) end '
      'where v.version < excluded.version and $6 is distinct from ''-'' '
      'returning true',
      versions
    ) into raised using change ->> 'table', given ->> key, new_version, (change ->> 'deletedAt')::timestamptz,
      mode = 'upsert', expected;
  end if;

  if raised and mode = 'remove' then
    -- What refers to it goes first.
    perform public.clerk_sync_write_parts(change, path);
    execute format('delete from %s as t using %s where %s', target, source, own) using given;
  elsif raised then
    select string_agg(format('%I', n.name), ', '), string_agg(format('r.%I', n.name), ', ') into columns, vals
    from jsonb_object_keys(given - defaulted) as n(name);
    -- What was left out is excluded with its default.
    select string_agg(format('%1$I = excluded.%1$I', n.name), ', ') into assignments
    from jsonb_object_keys(given) as n(name)
    where n.name <> key;
    execute format(
      'insert into %1$s as t (%2$s) select %3$s from %4$s '
      'on conflict (%5$I) do update set %6$s '
      'returning (t.xmax = 0), rtrim(t.%5$I::text)',
      target, columns, vals, source, key, coalesce(assignments, format('%1$I = excluded.%1$I', key))
    ) into created, written_key using given - defaulted;
    perform public.clerk_sync_write_parts(change, path);
  end if;
  set constraints all immediate;
  -- While this waited for the version, its table may have been moved.
  perform public.clerk_sync_beside_table(change ->> 'table', key);

  execute format('select exists (select from %s as t, %s where %s)', target, source, own) into is_there using given - defaulted;
  execute format('select v.version, v.deleted_at is not null from %s as v where v.table_name = $1 and v.id = $2', versions)
    into found_version, removed using change ->> 'table', given ->> key;
  if raised then
    lost := found_version is distinct from new_version or is_there = (mode = 'remove')
      or mode <> 'remove' and written_key is distinct from given ->> key;
  else
    lost := case
      when expected is null then found_version is null or found_version < new_version
      when expected = '-' then found_version is null
      -- What was lowered is raised.
      else lowered = 1 or found_version = expected
    end;
  end if;
  if lost then
    raise exception using
      errcode = 'CS001',
      message = format(
        'the database took the %s of %s in %s without an error, and %s and %s do not show it. A trigger, a rule or a '
        'row-level security policy drops such writes, or changes their %s or version: make it leave them unchanged',
        mode, given ->> key, target, target, versions, key);
  end if;
  if raised then
    perform public.clerk_sync_show_parts(change);
  end if;
  return case
    when raised and not is_snapshot then 'deleted'
    when raised and created then 'created'
    when raised then 'updated'
    when found_version = new_version and (not is_snapshot or is_there and not removed) then 'unchanged'
    when removed or not is_there then 'already_deleted'
    else 'stale'
  end;
end
$$;

-- The tombstone of a row that keeps its values, beside it: deleted where it replaced exactly the version that is expected, or
-- that one's earlier time; else stale, and nothing was written. The row is not touched.
--
-- change: {"table", "key", "row": the key alone, "versions": the table of versions, "version", "deletedAt": NULL leaves it as
-- it is, "expected": the version that is there, - where there is none}.
create or replace function public.clerk_sync_keep_beside(change jsonb, path text)
returns text
language plpgsql volatile security invoker set search_path = pg_catalog, pg_temp
as $$
declare
  key text := change ->> 'key';
  id text := change -> 'row' ->> key;
  expected text := change ->> 'expected';
  new_version text := change ->> 'version';
  deleted_at timestamptz := change ->> 'deletedAt';
  target regclass := public.clerk_sync_beside_table(change ->> 'table', key);
  versions regclass := public.clerk_sync_versions_table(change ->> 'versions');
  written boolean;
  is_due boolean;
  is_shown boolean;
begin
  perform set_config('search_path', path, true);
  execute format(
    case when expected = '-' then
      'insert into %s (table_name, id, version, deleted_at) values ($1, $2, $4, $5) on conflict do nothing returning true'
    else
      'update %s set version = $4, deleted_at = coalesce($5, deleted_at) '
      'where table_name = $1 and id = $2 and version = $3 and (version <> $4 or deleted_at < $5) returning true'
    end, versions
  ) into written using change ->> 'table', id, expected, new_version, deleted_at;
  set constraints all immediate;
  -- While this waited for the version, its table may have been moved.
  perform public.clerk_sync_beside_table(change ->> 'table', key);

  execute format(
    'select coalesce(bool_or(v.version = $3 and (v.version <> $4 or v.deleted_at < $5)), $3 = ''-''), '
    'coalesce(bool_or(v.version = $4), false) from %s as v where v.table_name = $1 and v.id = $2', versions
  ) into is_due, is_shown using change ->> 'table', id, expected, new_version, deleted_at;
  if written and not is_shown or written is null and is_due then
    raise exception using
      errcode = 'CS001',
      message = format(
        'the database took the tombstone of %s in %s without an error, and %s does not show it. A trigger, a rule or a '
        'row-level security policy drops such writes, or changes their version: make it leave them unchanged',
        id, target, versions);
  end if;
  return case when written then 'deleted' else 'stale' end;
end
$$;

-- What is left of a change that a foreign key has refused, since it refers to rows that were removed: what the key would
-- have left of its row, had the change come first. NULL in the column; with "removed", the time of the last event of what
-- was removed, where no row is left, since the key cascades or the column takes no NULL. Where nothing that it refers to was
-- removed, the change itself. A version may have the mark of a tombstone before its 33 digits. Removed is what has a version beside and no row; it stays so until the end of the
-- transaction, since its version is locked, before that of the row.
--
-- owners: {"versions": the table of versions, "keys": of each table that has its versions beside, the column with the
-- Clerk id}.
create or replace function public.clerk_sync_rest(change jsonb, path text)
returns jsonb
language plpgsql volatile security invoker set search_path = pg_catalog, pg_temp
as $$
declare
  target regclass := public.clerk_sync_table(change ->> 'table', array[change ->> 'key']);
  versions regclass := public.clerk_sync_versions_table(change #>> '{owners,versions}');
  given jsonb := change -> 'row';
  link record;
  owner_version text;
  is_there boolean;
  removed timestamptz;
begin
  for link in
    select a.attname as name, given ->> a.attname as id, o.key as owner, o.value as owner_key,
      c.confrelid::regclass as owner_table, c.confdeltype = 'c' as cascades
    from jsonb_each_text(change #> '{owners,keys}') as o
      join pg_constraint c on c.confrelid = to_regclass(format('public.%I', o.key))
      join pg_attribute a on a.attrelid = c.conrelid and a.attnum = c.conkey[1]
      join pg_attribute t on t.attrelid = c.confrelid and t.attnum = c.confkey[1]
    where c.conrelid = target and c.contype = 'f' and cardinality(c.conkey) = 1 and t.attname = o.value
      -- What the default would be is not known.
      and c.confdeltype <> 'd'
  loop
    execute format('select v.version from %s as v where v.table_name = $1 and v.id = $2 for share', versions)
      into owner_version using link.owner, link.id;
    execute format(
      'select exists (select from %s as t, %s where %s)',
      link.owner_table, public.clerk_sync_source(link.owner_table), public.clerk_sync_own(link.owner_key)
    ) into is_there using jsonb_build_object(link.owner_key, link.id);
    if owner_version is null or is_there then
      continue;
    end if;
    if link.cascades or public.clerk_sync_refuses_null(target, link.name, path) then
      removed := least(removed, to_timestamp(
        coalesce(
          nullif(ltrim(substr(right(owner_version, 33), 14, 13), '0'), ''), substr(change ->> 'version', 14, 13), '0'
        )::numeric / 1000
      ));
    else
      given := given || jsonb_build_object(link.name, null);
    end if;
  end loop;
  return change || jsonb_build_object('row', given) || jsonb_strip_nulls(jsonb_build_object('removed', removed));
end
$$;

-- Removes a row with sync columns that is older than a change of which no row is left. There is no tombstone without one.
create or replace function public.clerk_sync_remove_older(change jsonb, path text)
returns text
language plpgsql volatile security invoker set search_path = pg_catalog, pg_temp
as $$
declare
  key text := change ->> 'key';
  guard text := case change ->> 'mode' when 'keep' then 'deleted_at' else 'clerk_version' end;
  target regclass := public.clerk_sync_table(change ->> 'table', array[key, 'clerk_version', 'deleted_at']);
  source text := public.clerk_sync_source(target);
  own text := public.clerk_sync_own(key);
  due boolean;
  same boolean;
  older boolean;
  gone boolean;
begin
  change := change || '{"mode": "remove"}';
  perform set_config('search_path', path, true);
  execute format(
    'select true from %1$s as t, %2$s where %3$s and (t.%4$I is null or t.%4$I < r.%4$I) for update of t',
    target, source, own, guard
  ) into due using change -> 'row';
  if due then
    perform public.clerk_sync_write_parts(change, path);
    execute format('delete from %1$s as t using %2$s where %3$s', target, source, own) using change -> 'row';
  end if;
  set constraints all immediate;
  execute format(
    'select t.%4$I = r.%4$I, t.%4$I is null or t.%4$I < r.%4$I, t.deleted_at is not null from %1$s as t, %2$s where %3$s',
    target, source, own, guard
  ) into same, older, gone using change -> 'row';
  if older then
    raise exception using
      errcode = 'CS001',
      message = format(
        'the database took the removal of %s from %s without an error, and the row is still there. A trigger, a rule or a '
        'row-level security policy drops it: make it leave the row to be deleted', change -> 'row' ->> key, target);
  end if;
  if due then
    perform public.clerk_sync_show_parts(change);
  end if;
  return case
    when older is null then 'deleted'
    when gone then 'already_deleted'
    when same then 'unchanged'
    else 'stale'
  end;
end
$$;

-- The write of what is left of a change. Where that is no row, its tombstone beside: owner_deleted.
create or replace function public.clerk_sync_write_rest(change jsonb, path text)
returns text
language plpgsql volatile security invoker set search_path = pg_catalog, pg_temp
as $$
declare
  rest jsonb := public.clerk_sync_rest(change, path) - 'owners';
  key text := change ->> 'key';
  outcome text;
begin
  if not rest ? 'removed' then
    return public.clerk_sync_write(rest, rest -> 'parts', path);
  end if;
  if rest ? 'versions' then
    outcome := public.clerk_sync_write_beside(
      rest || jsonb_build_object(
        'mode', 'remove', 'row', jsonb_build_object(key, rest -> 'row' -> key),
        -- Of a tombstone that keeps its values, it is its own.
        'deletedAt', case when length(rest ->> 'version') = 34 then rest -> 'deletedAt' else rest -> 'removed' end
      ), path);
  else
    outcome := public.clerk_sync_remove_older(rest, path);
  end if;
  return case
    when change ->> 'mode' not in ('upsert', 'fill') then outcome
    when outcome = 'deleted' then 'owner_deleted'
    when outcome = 'unchanged' then 'already_deleted'
    else outcome
  end;
end
$$;

-- One guarded write, by where the table has its versions; with owners, of what is left of the change. Parts are an argument
-- of their own, so that functions which know none are not found, and do not leave them out in silence.
create or replace function public.clerk_sync_write(
  change jsonb, parts jsonb default null, path text default current_setting('search_path')
)
returns text
language plpgsql volatile security invoker set search_path = pg_catalog, pg_temp
as $$
begin
  change := change || jsonb_build_object('parts', parts);
  if change ? 'owners' then
    return public.clerk_sync_write_rest(change, path);
  end if;
  if change ? 'versions' and change ->> 'mode' = 'keep' then
    return public.clerk_sync_keep_beside(change, path);
  end if;
  if change ? 'versions' then
    return public.clerk_sync_write_beside(change, path);
  end if;
  return public.clerk_sync_write_in_row(change, path);
end
$$;

-- Compare-and-set: writes a row of exactly the version that is expected, and gives the version that is there then, NULL
-- without a row. With owners, of what is left of the change; {"ownerDeleted": true} where that is no row, and none is there.
create or replace function public.clerk_sync_replace(
  change jsonb, parts jsonb default null, path text default current_setting('search_path')
)
returns jsonb
language plpgsql volatile security invoker set search_path = pg_catalog, pg_temp
as $$
declare
  key text := change ->> 'key';
  target regclass := public.clerk_sync_table(change ->> 'table', array[key, 'clerk_version', 'deleted_at']);
  source text := public.clerk_sync_source(target);
  given jsonb := change -> 'row';
  own text := public.clerk_sync_own(key);
  defaulted text[];
  assignments text;
  removes boolean := false;
  is_due boolean;
  written bigint;
  found_row jsonb;
begin
  change := change || jsonb_build_object('parts', parts);
  if change ? 'owners' then
    change := public.clerk_sync_rest(change, path);
    given := change -> 'row';
    removes := change ? 'removed';
  end if;
  if removes then
    change := change || '{"mode": "remove"}';
  end if;
  select coalesce(array_agg(n.name), '{}') into defaulted
  from jsonb_each(given) as n(name, value)
  where n.value = 'null' and public.clerk_sync_refuses_null(target, n.name, path);
  select string_agg(
    case when n.name = any (defaulted) then format('%I = default', n.name) else format('%1$I = r.%1$I', n.name) end, ', '
  ) into assignments
  from jsonb_object_keys(given) as n(name)
  where n.name <> key;

  perform set_config('search_path', path, true);
  execute format(
    'select true from %s as t, %s where %s and t.clerk_version = $2 '
    'and ($3 is null or t.deleted_at < $3) and not ($4 and t.deleted_at is not null) for no key update of t',
    target, source, own
  ) into is_due
  using given - defaulted, change ->> 'expected', (change ->> 'deletedBefore')::timestamptz, (change ->> 'live')::boolean;
  if is_due and removes then
    perform public.clerk_sync_write_parts(change, path);
    execute format('delete from %s as t using %s where %s', target, source, own) using jsonb_build_object(key, given -> key);
  elsif is_due then
    execute format('update %s as t set %s from %s where %s', target, assignments, source, own) using given - defaulted;
    get diagnostics written = row_count;
    -- The caller reports a row that a trigger has kept as it was.
    is_due := written = 1;
    if is_due then
      perform public.clerk_sync_write_parts(change, path);
    end if;
  end if;
  set constraints all immediate;
  execute format(
    'select jsonb_build_object(''version'', t.clerk_version, ''deleted'', t.deleted_at is not null) from %1$s as t, %2$s '
    'where %3$s',
    target, source, own
  ) into found_row using given - defaulted;
  if is_due and found_row ->> 'version' is distinct from (case when not removes then given ->> 'clerk_version' end) then
    raise exception using
      errcode = 'CS001',
      message = format(
        'the database took the write of %s to %s without an error, or its removal, and the row does not show it. A trigger, a '
        'rule or a row-level security policy takes it back: make it leave the row as it is', given ->> key, target);
  end if;
  if is_due then
    perform public.clerk_sync_show_parts(change);
  end if;
  if removes and found_row is null then
    return '{"ownerDeleted": true}';
  end if;
  return found_row;
end
$$;

-- Many guarded writes, for backfill. One result a change, in their order: what clerk_sync_write gives, or the error of
-- the row that could not be written. What may pass, a deadlock for one, ends the call: it is made again. Parts are a list for
-- each change.
create or replace function public.clerk_sync_write_many(
  changes jsonb, parts jsonb default null, path text default current_setting('search_path')
)
returns jsonb
language plpgsql volatile security invoker set search_path = pg_catalog, pg_temp
as $$
declare
  change jsonb;
  results jsonb[] := '{}';
  detail text;
begin
  for change in select value from jsonb_array_elements(changes) loop
    begin
      -- The one before has run what is deferred.
      set constraints all deferred;
      results := results || to_jsonb(public.clerk_sync_write(change, parts -> cardinality(results), path));
    exception
      when serialization_failure or deadlock_detected or lock_not_available then
        raise;
      when others then
        get stacked diagnostics detail = pg_exception_detail;
        results := results || jsonb_build_object('code', sqlstate, 'message', sqlerrm, 'details', detail);
    end;
  end loop;
  return to_jsonb(results);
end
$$;

-- The write of an event with a hook: duplicate where the ledger has its message, and then nothing is written. Without a
-- change, unchanged.
create or replace function public.clerk_sync_write_once(
  ledger text, message text, change jsonb default null, parts jsonb default null,
  path text default current_setting('search_path')
)
returns text
language plpgsql volatile security invoker set search_path = pg_catalog, pg_temp
as $$
declare
  events regclass := public.clerk_sync_table(ledger, array['id', 'type', 'entity_id', 'occurred_at', 'processed_at']);
  seen boolean;
begin
  execute format('select exists (select from %s where id = $1)', events) into seen using message;
  if seen then
    return 'duplicate';
  end if;
  if change is null or change = 'null' then
    return 'unchanged';
  end if;
  return public.clerk_sync_write(change, parts, path);
end
$$;

-- The table of dead letters, which holds whole events that were refused.
create or replace function public.clerk_sync_letters_table(letters text)
returns regclass
language sql stable security invoker set search_path = pg_catalog, pg_temp
as $$
  select public.clerk_sync_table(letters, array['id', 'type', 'entity_id', 'code', 'payload', 'parked_at'])
$$;

-- Enters a message in the ledger, after its hook ran; false where another delivery of it was first. Fails where it is not
-- there afterwards: a trigger may have dropped it. Its dead letter, if there is a table of them, goes with it.
create or replace function public.clerk_sync_mark(
  ledger text, event jsonb, letters text default null, path text default current_setting('search_path')
)
returns boolean
language plpgsql volatile security invoker set search_path = pg_catalog, pg_temp
as $$
declare
  events regclass := public.clerk_sync_table(ledger, array['id', 'type', 'entity_id', 'occurred_at', 'processed_at']);
  source text := public.clerk_sync_source(events);
  marked bigint;
  kept boolean;
begin
  perform set_config('search_path', path, true);
  execute format(
    'insert into %s (id, type, entity_id, occurred_at, processed_at) '
    'select r.id, r.type, r.entity_id, r.occurred_at, r.processed_at from %s on conflict (id) do nothing',
    events, source
  ) using event;
  get diagnostics marked = row_count;
  set constraints all immediate;
  execute format('select exists (select from %s where id = $1)', events) into kept using event ->> 'id';
  if not kept then
    raise exception using
      errcode = 'CS001',
      message = format('%s does not keep the message: a trigger, a rule or a row-level security policy drops it', events);
  end if;
  if letters is not null then
    execute format('delete from %s where id = $1', public.clerk_sync_letters_table(letters)) using event ->> 'id';
  end if;
  return marked = 1;
end
$$;

-- Removes the messages that were processed before this time from the ledger, and gives how many.
create or replace function public.clerk_sync_prune(
  ledger text, before timestamptz, path text default current_setting('search_path')
)
returns bigint
language plpgsql volatile security invoker set search_path = pg_catalog, pg_temp
as $$
declare
  events regclass := public.clerk_sync_table(ledger, array['id', 'type', 'entity_id', 'occurred_at', 'processed_at']);
  pruned bigint;
begin
  perform set_config('search_path', path, true);
  execute format('delete from %s where processed_at < $1', events) using before;
  get diagnostics pruned = row_count;
  return pruned;
end
$$;

-- How many messages clerk_sync_prune would remove.
create or replace function public.clerk_sync_count_events(ledger text, before timestamptz)
returns bigint
language plpgsql stable security invoker set search_path = pg_catalog, pg_temp
as $$
declare
  processed bigint;
begin
  execute format('select count(*) from %s where processed_at < $1', public.clerk_sync_table(ledger, array['processed_at']))
    into processed using before;
  return processed;
end
$$;

-- Removes those of these keys that are tombstones of before this time, and gives how many: rows of a table that an event has
-- reached, with the parts that they have kept, or, where its versions are beside it, the versions of rows that are not there.
-- What another transaction has locked stays, and is not waited for.
--
-- which: {"table", "key", "versions": the table of versions, of a table that has them beside}.
create or replace function public.clerk_sync_prune_tombstones(
  which jsonb, keys text[], before timestamptz, parts jsonb default null,
  path text default current_setting('search_path')
)
returns bigint
language plpgsql volatile security invoker set search_path = pg_catalog, pg_temp
as $$
declare
  key text := which ->> 'key';
  target regclass;
  versions regclass;
  free text[];
  gone jsonb;
  pruned bigint;
begin
  perform set_config('search_path', path, true);
  if which ? 'versions' then
    target := public.clerk_sync_beside_table(which ->> 'table', key);
    versions := public.clerk_sync_versions_table(which ->> 'versions');
    execute format(
      'with free as ('
      '  select v.id from %1$s as v'
      '  where v.table_name = $1 and v.id = any ($2) and v.deleted_at < $3'
      '    and v.id <> all (array(select t.%3$I::text from %2$s as t where t.%3$I = any ($2)))'
      '  for update skip locked'
      ') delete from %1$s as v using free where v.table_name = $1 and v.id = free.id',
      versions, target, key
    ) using which ->> 'table', keys, before;
  else
    target := public.clerk_sync_table(which ->> 'table', array[key, 'clerk_version', 'deleted_at']);
    execute format(
      'select array(select t.%2$I::text from %1$s as t'
      '  where t.%2$I = any ($1) and t.deleted_at < $2 and t.clerk_version <> ''0'''
      '  for update skip locked)',
      target, key
    ) into free using keys, before;
    select coalesce(jsonb_agg(
      which || jsonb_build_object('mode', 'remove', 'row', jsonb_build_object(key, f), 'parts', parts)
    ), '[]') into gone from unnest(free) as f;
    perform public.clerk_sync_write_parts(g, path) from jsonb_array_elements(gone) as g;
    execute format('delete from %s as t where t.%I = any ($1)', target, key) using free;
  end if;
  get diagnostics pruned = row_count;
  set constraints all immediate;
  perform public.clerk_sync_show_parts(g) from jsonb_array_elements(gone) as g;
  return pruned;
end
$$;

-- How many dead letters were parked since a time.
create or replace function public.clerk_sync_count_letters(letters text, since timestamptz default '-infinity')
returns bigint
language plpgsql stable security invoker set search_path = pg_catalog, pg_temp
as $$
declare
  parked bigint;
begin
  execute format('select count(*) from %s where parked_at >= $1', public.clerk_sync_letters_table(letters))
    into parked using since;
  return parked;
end
$$;

-- Keeps a dead letter; one that is there gets its code and its payload: parked. full where as many were parked since as may
-- be. Fails where it is not there afterwards. Does not look at the ledger: until the end of the call nobody else sees the letter, so
-- the look that finds a message which was entered meanwhile is a call of its own.
create or replace function public.clerk_sync_park(
  letters text, letter jsonb, most bigint, since timestamptz, path text default current_setting('search_path')
)
returns text
language plpgsql volatile security invoker set search_path = pg_catalog, pg_temp
as $$
declare
  target regclass := public.clerk_sync_letters_table(letters);
  source text := public.clerk_sync_source(target);
  look text := format('select exists (select from %s where id = $1)', target);
  kept boolean;
begin
  perform set_config('search_path', path, true);
  execute format('update %s set code = $2, payload = $3 where id = $1', target)
    using letter ->> 'id', letter ->> 'code', letter ->> 'payload';
  execute look into kept using letter ->> 'id';
  if kept then
    return 'parked';
  end if;
  if public.clerk_sync_count_letters(letters, since) >= most then
    return 'full';
  end if;
  execute format(
    'insert into %s (id, type, entity_id, code, payload, parked_at) '
    'select r.id, r.type, r.entity_id, r.code, r.payload, r.parked_at from %s on conflict (id) do nothing',
    target, source
  ) using letter;
  set constraints all immediate;
  execute look into kept using letter ->> 'id';
  if not kept then
    raise exception using
      errcode = 'CS001',
      message = format('%s does not keep a letter: a trigger, a rule or a row-level security policy drops it', target);
  end if;
  return 'parked';
end
$$;

-- The dead letters, the oldest first, as [{"id", "payload"}]: all, or those that a filter with id, entityId or payloadHas
-- names.
create or replace function public.clerk_sync_find_letters(letters text, filter jsonb, most bigint)
returns jsonb
language plpgsql stable security invoker set search_path = pg_catalog, pg_temp
as $$
declare
  found_letters jsonb;
begin
  execute format(
    'select jsonb_agg(jsonb_build_object(''id'', found.id, ''payload'', found.payload) order by found.parked_at, found.id) '
    'from ('
    '  select l.id, l.payload, l.parked_at from %s as l'
    '  where ($1 -> ''id'' is null or l.id = $1 ->> ''id'')'
    '    and ($1 -> ''entityId'' is null or l.entity_id = $1 ->> ''entityId'')'
    '    and ($1 -> ''payloadHas'' is null or strpos(l.payload, $1 ->> ''payloadHas'') > 0)'
    '  order by l.parked_at, l.id limit $2'
    ') as found',
    public.clerk_sync_letters_table(letters)
  ) into found_letters using filter, most;
  return coalesce(found_letters, '[]');
end
$$;

-- Removes a dead letter; false where there is none. Fails where it is there afterwards.
create or replace function public.clerk_sync_drop_letter(
  letters text, message text, path text default current_setting('search_path')
)
returns boolean
language plpgsql volatile security invoker set search_path = pg_catalog, pg_temp
as $$
declare
  target regclass := public.clerk_sync_letters_table(letters);
  dropped bigint;
  kept boolean;
begin
  perform set_config('search_path', path, true);
  execute format('delete from %s where id = $1', target) using message;
  get diagnostics dropped = row_count;
  set constraints all immediate;
  execute format('select exists (select from %s where id = $1)', target) into kept using message;
  if kept then
    raise exception using
      errcode = 'CS001',
      message = format('%s keeps a letter that was removed: a trigger, a rule or a row-level security policy does', target);
  end if;
  return dropped > 0;
end
$$;

-- The rows of a table that have one of these texts in a column, as [{"value": the column's text, "row"}]. With ignore_case
-- the texts are in lower case; it may find more than is equal, and the adapter compares. By a Turkish locale, the small
-- letter of I is none of ASCII.
create or replace function public.clerk_sync_find_to_link(
  name text, key text, column_name text, texts text[], ignore_case boolean
)
returns json
language plpgsql stable security invoker set search_path = pg_catalog, pg_temp
as $$
declare
  target regclass := public.clerk_sync_table(name, array[key, column_name]);
  found_rows json;
begin
  execute format(
    'select json_agg(json_build_object(''value'', found.value, ''row'', found.own)) from ('
    '  select t.%1$I::text as value, row_to_json(t.*) as own from %2$s as t where case when $2'
    '    then lower(t.%1$I::text) = any ($1) or lower(t.%1$I::text collate "C") = any ($1) else t.%1$I::text = any ($1) end'
    ') as found',
    column_name, target
  ) into found_rows using texts, ignore_case;
  return coalesce(found_rows, '[]');
end
$$;

-- The parts of these owners, as the table has them. One value, since PostgREST has a limit of rows.
create or replace function public.clerk_sync_find_parts(name text, owner text, owners text[])
returns json
language plpgsql stable security invoker set search_path = pg_catalog, pg_temp
as $$
declare
  found_rows json;
begin
  execute format('select json_agg(row_to_json(t.*)) from %s as t where t.%I = any ($1)', public.clerk_sync_table(name, array[owner]), owner)
    into found_rows using owners;
  return coalesce(found_rows, '[]');
end
$$;

-- Compare-and-set of a row's Clerk id, and of nothing else; true where the row has it afterwards.
--
-- link: {"table", "key", "seen": the id that the row has, "to": the one that it gets, either may be null, "column", "value":
-- by which it was found, byte by byte, "same": other columns and what they hold, "given": columns that are not NULL,
-- "versions": the table of versions, which must have none of the id}.
create or replace function public.clerk_sync_link(link jsonb, path text default current_setting('search_path'))
returns boolean
language plpgsql volatile security invoker set search_path = pg_catalog, pg_temp
as $$
declare
  key text := link ->> 'key';
  seen text := link ->> 'seen';
  linked_to text := link ->> 'to';
  versions text := link ->> 'versions';
  target regclass := case when versions is null then
    public.clerk_sync_table(link ->> 'table', array[key, 'clerk_version', 'deleted_at'])
    else public.clerk_sync_beside_table(link ->> 'table', key) end;
  source text := public.clerk_sync_source(target);
  given jsonb := jsonb_build_object(key, linked_to, link ->> 'column', link ->> 'value');
  own text := public.clerk_sync_own(link ->> 'column');
  removed boolean := false;
  is_linked boolean;
begin
  perform set_config('search_path', path, true);
  if versions is not null then
    execute format('select exists (select from %s where table_name = $1 and id = $2)', public.clerk_sync_versions_table(versions))
      into removed using link ->> 'table', linked_to;
  end if;
  if not removed then
    execute format(
      'update %1$s as t set %2$I = r.%2$I from %3$s where %4$s and t.%2$I::text collate "C" is not distinct from $2 '
      'and to_jsonb(t.*) @> $3 and jsonb_strip_nulls(to_jsonb(t.*)) ?& $4',
      target, key, source, own
    ) using given, seen, link -> 'same', array(select jsonb_array_elements_text(link -> 'given'));
    set constraints all immediate;
  end if;
  if linked_to is null then
    return true;
  end if;
  execute format('select exists (select from %s as t, %s where %s and %s)', target, source, own, public.clerk_sync_own(key))
    into is_linked using given;
  return is_linked;
end
$$;

-- What the catalog says of these tables of the schema public, for check(); null for one that is not there. And under
-- clerk_sync_version the version of these functions, which an adapter of another version ignores or misses.
create or replace function public.clerk_sync_facts(names text[], path text default current_setting('search_path'))
returns jsonb
language sql stable security invoker set search_path = pg_catalog, pg_temp
as $$
  select jsonb_build_object('clerk_sync_version', 7) ||
    coalesce(jsonb_object_agg(named.name, case when named.id is not null then jsonb_build_object(
    'role', current_user,
    'ordinary', (select c.relkind = 'r' from pg_class c where c.oid = named.id),
    'rowSecurity', row_security_active(named.id),
    'policies', exists (select from pg_policy p where p.polrelid = named.id),
    'mayDelete', has_table_privilege(named.id, 'delete'),
    -- Roles of the API that may use the table, and that no row-level security holds.
    'openTo', array(
      select r.rolname from pg_roles r, pg_class c
      where r.rolname in ('anon', 'authenticated') and c.oid = named.id and not c.relrowsecurity
        and has_table_privilege(r.oid, c.oid, 'select, insert, update, delete')
    ),
    'columns', (
      select coalesce(jsonb_object_agg(a.attname, jsonb_build_object(
        'notNull', public.clerk_sync_refuses_null(named.id, a.attname, path),
        'defaultValue', pg_get_expr(d.adbin, d.adrelid),
        'filled', a.attidentity <> '' or a.attgenerated <> '' or d.adbin is not null or t.typdefault is not null,
        'generated', a.attidentity = 'a' or a.attgenerated <> '',
        'lacks', array(
          select p from unnest(array['select', 'insert', 'update']) as p
          where not has_column_privilege(named.id, a.attnum, p)
        ),
        'ignoresCase', coalesce(not c.collisdeterministic, false) or t.typname = 'citext'
      ) || (
        -- What is behind a domain, or a domain of a domain. There is no type behind any other: its typbasetype is 0.
        with recursive step(type, modifier) as (
          select a.atttypid, a.atttypmod
          union
          select d.typbasetype, d.typtypmod from step join pg_type d on d.oid = step.type
        )
        select jsonb_build_object(
          'type', format_type(step.type, step.modifier),
          'takesText', b.typcategory = 'S',
          'labels', (select jsonb_agg(e.enumlabel order by e.enumsortorder) from pg_enum e where e.enumtypid = b.oid),
          'length', case when b.typname in ('varchar', 'bpchar') then nullif(step.modifier, -1) - 4 end
        )
        from step join pg_type b on b.oid = step.type where b.typtype <> 'd'
      )), '{}')
      from pg_attribute a
        join pg_type t on t.oid = a.atttypid
        left join pg_collation c on c.oid = a.attcollation
        left join pg_attrdef d on d.adrelid = a.attrelid and d.adnum = a.attnum
      where a.attrelid = named.id and a.attnum > 0 and not a.attisdropped
    ),
    'indexes', (
      select coalesce(jsonb_agg(jsonb_build_object('primary', i.indisprimary, 'deferrable', not i.indimmediate,
        'nullsNotDistinct', coalesce(to_jsonb(i) -> 'indnullsnotdistinct' = 'true', false), 'columns', (
        select jsonb_agg(a.attname order by k.position)
        from unnest(i.indkey) with ordinality as k(attnum, position)
          join pg_attribute a on a.attrelid = i.indrelid and a.attnum = k.attnum
        where k.position <= i.indnkeyatts
      ))), '[]')
      from pg_index i
      where i.indrelid = named.id and i.indisunique and i.indpred is null and i.indexprs is null
    ),
    -- The columns that an index of every row begins with.
    'leading', array(
      select a.attname from pg_index i join pg_attribute a on a.attrelid = i.indrelid and a.attnum = i.indkey[0]
      where i.indrelid = named.id and i.indisvalid and i.indpred is null
    ),
    'partialUniques', (
      select coalesce(jsonb_agg(jsonb_build_object('name', c.relname, 'excludes', i.indisexclusion, 'columns', array(
        select a.attname from unnest(i.indkey) with ordinality as k(attnum, position)
          join pg_attribute a on a.attrelid = i.indrelid and a.attnum = k.attnum
        where k.position <= i.indnkeyatts
      ))), '[]')
      from pg_index i join pg_class c on c.oid = i.indexrelid
      where i.indrelid = named.id
        and (i.indisexclusion or i.indisunique and (i.indpred is not null or i.indexprs is not null))
    ),
    -- Of a trigger's bits, 4 is an insert and 16 an update.
    'triggers', array(
      select t.tgname from pg_trigger t
      where t.tgrelid = named.id and not t.tgisinternal and t.tgenabled <> 'D' and t.tgtype & 20 <> 0
    ),
    -- 2 is an update, and 3 an insert, which a rule that does nothing beside it leaves alone.
    'rules', array(
      select r.rulename from pg_rewrite r
      where r.ev_class = named.id and r.ev_enabled <> 'D'
        and (r.ev_type = '2' or r.ev_type = '3' and pg_get_ruledef(r.oid) not like '% DO NOTHING;')
    ),
    'checks', (
      select coalesce(jsonb_agg(jsonb_build_object('name', c.conname, 'columns', array(
        select a.attname from pg_attribute a where a.attrelid = c.conrelid and a.attnum = any (c.conkey)
      ))), '[]')
      from pg_constraint c where c.conrelid = named.id and c.contype = 'c'
    ),
    'references', (
      select coalesce(jsonb_agg(a.attname), '[]')
      from pg_constraint c join pg_attribute a on a.attrelid = c.conrelid and a.attnum = any (c.conkey)
      where c.conrelid = named.id and c.contype = 'f'
    ),
    -- The tables that it refers to.
    'refersTo', array(
      select t.relname from pg_constraint c join pg_class t on t.oid = c.confrelid
      where c.conrelid = named.id and t.relnamespace = 'public'::regnamespace
    )
  ) end), '{}')
  from (select name, to_regclass(format('public.%I', name)) as id from unnest(names) as name) as named
$$;

-- The CHECK constraints of a table that refuse a row: check() tries what a delete would write. Writes nothing. One that
-- calls what this role may not name cannot be tried, though the database does not mind in a write.
create or replace function public.clerk_sync_refusing(
  name text, row_values jsonb, path text default current_setting('search_path')
)
returns text[]
language plpgsql stable security invoker set search_path = pg_catalog, pg_temp
as $$
declare
  target regclass := to_regclass(format('public.%I', name));
  source text := public.clerk_sync_source(target);
  filled jsonb := (
    select jsonb_object_agg(n.name, n.value) from jsonb_each(row_values) as n(name, value) where n.value <> 'null'
  );
  found record;
  holds boolean;
  refusing text[] := '{}';
begin
  perform set_config('search_path', path, true);
  for found in
    select c.conname, pg_get_expr(c.conbin, c.conrelid) as expression
    from pg_constraint c where c.conrelid = target and c.contype = 'c'
  loop
    begin
      execute format('select (%s) from (select r.* from %s) as t', found.expression, source) into holds using filled;
    exception
      when insufficient_privilege then
        continue;
      when serialization_failure or deadlock_detected or lock_not_available then
        raise;
      when others then
        holds := false;
    end;
    if not holds then refusing := refusing || found.conname::text; end if;
  end loop;
  return refusing;
end
$$;

-- Supabase lets anon and authenticated execute every new function of the schema public.
revoke all on function
  public.clerk_sync_table(text, text[]),
  public.clerk_sync_source(regclass, text),
  public.clerk_sync_own(text),
  public.clerk_sync_refuses_null(regclass, text, text),
  public.clerk_sync_write(jsonb, jsonb, text),
  public.clerk_sync_parts_of(jsonb),
  public.clerk_sync_write_parts(jsonb, text),
  public.clerk_sync_show_parts(jsonb),
  public.clerk_sync_lost_parts(text, regclass),
  public.clerk_sync_write_in_row(jsonb, text),
  public.clerk_sync_write_beside(jsonb, text),
  public.clerk_sync_keep_beside(jsonb, text),
  public.clerk_sync_write_rest(jsonb, text),
  public.clerk_sync_rest(jsonb, text),
  public.clerk_sync_remove_older(jsonb, text),
  public.clerk_sync_beside_table(text, text),
  public.clerk_sync_versions_table(text),
  public.clerk_sync_replace(jsonb, jsonb, text),
  public.clerk_sync_write_many(jsonb, jsonb, text),
  public.clerk_sync_write_once(text, text, jsonb, jsonb, text),
  public.clerk_sync_mark(text, jsonb, text, text),
  public.clerk_sync_letters_table(text),
  public.clerk_sync_count_letters(text, timestamptz),
  public.clerk_sync_park(text, jsonb, bigint, timestamptz, text),
  public.clerk_sync_find_letters(text, jsonb, bigint),
  public.clerk_sync_drop_letter(text, text, text),
  public.clerk_sync_find_to_link(text, text, text, text[], boolean),
  public.clerk_sync_find_parts(text, text, text[]),
  public.clerk_sync_link(jsonb, text),
  public.clerk_sync_prune(text, timestamptz, text),
  public.clerk_sync_count_events(text, timestamptz),
  public.clerk_sync_prune_tombstones(jsonb, text[], timestamptz, jsonb, text),
  public.clerk_sync_facts(text[], text),
  public.clerk_sync_refusing(text, jsonb, text)
from public, anon, authenticated;

grant execute on function
  public.clerk_sync_table(text, text[]),
  public.clerk_sync_source(regclass, text),
  public.clerk_sync_own(text),
  public.clerk_sync_refuses_null(regclass, text, text),
  public.clerk_sync_write(jsonb, jsonb, text),
  public.clerk_sync_parts_of(jsonb),
  public.clerk_sync_write_parts(jsonb, text),
  public.clerk_sync_show_parts(jsonb),
  public.clerk_sync_lost_parts(text, regclass),
  public.clerk_sync_write_in_row(jsonb, text),
  public.clerk_sync_write_beside(jsonb, text),
  public.clerk_sync_keep_beside(jsonb, text),
  public.clerk_sync_write_rest(jsonb, text),
  public.clerk_sync_rest(jsonb, text),
  public.clerk_sync_remove_older(jsonb, text),
  public.clerk_sync_beside_table(text, text),
  public.clerk_sync_versions_table(text),
  public.clerk_sync_replace(jsonb, jsonb, text),
  public.clerk_sync_write_many(jsonb, jsonb, text),
  public.clerk_sync_write_once(text, text, jsonb, jsonb, text),
  public.clerk_sync_mark(text, jsonb, text, text),
  public.clerk_sync_letters_table(text),
  public.clerk_sync_count_letters(text, timestamptz),
  public.clerk_sync_park(text, jsonb, bigint, timestamptz, text),
  public.clerk_sync_find_letters(text, jsonb, bigint),
  public.clerk_sync_drop_letter(text, text, text),
  public.clerk_sync_find_to_link(text, text, text, text[], boolean),
  public.clerk_sync_find_parts(text, text, text[]),
  public.clerk_sync_link(jsonb, text),
  public.clerk_sync_prune(text, timestamptz, text),
  public.clerk_sync_count_events(text, timestamptz),
  public.clerk_sync_prune_tombstones(jsonb, text[], timestamptz, jsonb, text),
  public.clerk_sync_facts(text[], text),
  public.clerk_sync_refusing(text, jsonb, text)
to service_role;

-- PostgREST looks for new functions when it is notified.
notify pgrst, 'reload schema';

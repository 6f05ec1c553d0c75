-- Run by the master user, who is no superuser, at each rotation; what is there already stays.

-- Privileges belong to these, who can't log in: whoever's turn it is, tables keep their owner.
do $$
declare
  name text;
begin
  foreach name in array array['hello_owner', 'hello_application'] loop
    if not exists (select from pg_roles where rolname = name) then
      execute format('create role %I nologin', name);
    end if;
  end loop;
  foreach name in array array[
    'hello_migration_a', 'hello_migration_b', 'hello_application_a', 'hello_application_b'
  ] loop
    if not exists (select from pg_roles where rolname = name) then
      execute format('create role %I login', name);
    end if;
  end loop;
  execute format('revoke all on database %I from public', current_database());
  execute format('grant connect on database %I to hello_owner, hello_application', current_database());
  -- Aurora's own, by which writes that other regions forward come in.
  if exists (select from pg_roles where rolname = 'rdswriteforwarduser') then
    execute format('grant connect on database %I to rdswriteforwarduser', current_database());
  end if;
end
$$;

grant hello_owner to hello_migration_a, hello_migration_b;
alter role hello_migration_a set role to hello_owner;
alter role hello_migration_b set role to hello_owner;
grant hello_application to hello_application_a, hello_application_b;

revoke all on schema public from public;
grant usage, create on schema public to hello_owner;
grant usage on schema public to hello_application;

-- Who changes the privileges of hello_owner's tables must be a member.
grant hello_owner to current_user;
alter default privileges for role hello_owner in schema public
  grant select, insert, update on tables to hello_application;

-- The record of migrations is the owner's to write.
do $$
begin
  if to_regclass('public.schema_migration') is not null then
    revoke insert, update on public.schema_migration from hello_application;
  end if;
end
$$;

create table birthday (
  username text collate "C" primary key,
  date_of_birth date not null
);

create table birthday (
  username text primary key collate binary,
  date_of_birth text not null
) strict, without rowid;

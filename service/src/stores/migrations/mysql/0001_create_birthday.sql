create table birthday (
  username varchar(64) character set utf8mb4 collate utf8mb4_bin primary key,
  date_of_birth date not null
) engine = innodb;

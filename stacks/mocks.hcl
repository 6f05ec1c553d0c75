# What a plan knows of units that aren't applied yet. `mock` is in all of it.

locals {
  # Never apply or destroy; nor a plan that is kept, since an apply of it would carry the mocks.
  commands = anytrue([for argument in get_terraform_cli_args() : startswith(argument, "-out")]) ? ["init", "validate"] : ["init", "validate", "plan"]

  cluster = {
    pods_security_group_id = "sg-mock1"
  }

  dns = {
    zone_id = "ZMOCK"
  }

  network = {
    vpc_id                     = "vpc-mock"
    public_subnet_ids          = ["subnet-mock1", "subnet-mock2", "subnet-mock3"]
    application_subnet_ids     = ["subnet-mock4", "subnet-mock5", "subnet-mock6"]
    database_subnet_group_name = "mock-database"
  }
}

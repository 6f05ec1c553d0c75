locals {
  aurora = {
    namespace  = "AWS/RDS"
    emitter    = "Aurora"
    dimensions = { DBClusterIdentifier = try(var.database.cluster_identifier, null) }
    expression = null
    rings      = null
    period     = 300
    periods    = 3
    comparison = "GreaterThanThreshold"
  }

  # Least free space of instances for sorting and logs, in bytes: 5 GiB. Statements fail once it is full.
  least_local_storage = 5 * 1024 * 1024 * 1024

  # What a database with instances emits; that of a standby has none.
  serving_database = {
    for key, alarm in {
      "database-processor" = {
        summary      = "An instance of the database uses more than 80 % of its processor."
        runbook      = "aws-database-load"
        metric       = "CPUUtilization"
        statistic    = "Maximum"
        threshold    = 80
        missing      = "breaching"
        without_data = "rings, since instances emit it each minute as long as one runs"
      }
      "database-connections" = {
        summary      = "An instance of the database has more than 80 % of the connections that it may have."
        runbook      = "hello-database-refuses-connections"
        metric       = "DatabaseConnections"
        statistic    = "Maximum"
        threshold    = floor(0.8 * try(var.database.maximum_connections, 0))
        missing      = "notBreaching"
        without_data = "that no instance runs is told by database-processor"
      }
      "database-memory" = {
        summary      = "An instance of the database has less than 5 % of its memory free."
        runbook      = "aws-database-load"
        metric       = "FreeableMemory"
        statistic    = "Minimum"
        comparison   = "LessThanThreshold"
        threshold    = floor(0.05 * try(var.database.memory_bytes, 0))
        missing      = "notBreaching"
        without_data = "that no instance runs is told by database-processor"
      }
      "database-storage" = {
        summary      = "An instance of the database has less than 5 GiB free for sorting and logs."
        runbook      = "aws-database-storage"
        metric       = "FreeLocalStorage"
        statistic    = "Minimum"
        comparison   = "LessThanThreshold"
        threshold    = local.least_local_storage
        rings        = "warning"
        missing      = "notBreaching"
        without_data = "instances of class db.serverless emit none; the cluster's volume grows by itself"
      }
      "database-transactions" = {
        summary      = "More than a thousand million transaction numbers are in use; at some two thousand million the database takes no writes."
        runbook      = "aws-database-transactions"
        metric       = "MaximumUsedTransactionIDs"
        statistic    = "Maximum"
        threshold    = 1000000000
        rings        = "warning"
        missing      = "notBreaching"
        without_data = "that no instance runs is told by database-processor"
      }
      "replica-lag" = {
        summary      = "A reader of the database is more than a second behind the writer."
        runbook      = "aws-replica-lag"
        metric       = "AuroraReplicaLagMaximum"
        statistic    = "Maximum"
        threshold    = 1000
        missing      = "notBreaching"
        without_data = "a cluster of one instance has no reader"
      }
    } : key => merge(local.aurora, alarm) if var.database != null && var.role != "secondary" && (key != "replica-lag" || var.role == "primary")
  }

  following_database = {
    for key in ["global-lag"] : key => merge(local.aurora, {
      summary      = "The database is more than a minute behind the region that writes; that much would be lost by a failover."
      runbook      = "aws-global-lag"
      metric       = "AuroraGlobalDBRPOLag"
      statistic    = "Maximum"
      threshold    = 60000
      rings        = "warning"
      missing      = "missing"
      without_data = "unknown, for AWS doesn't say that a cluster without instances emits it"
    }) if var.database != null && var.role != "primary"
  }

  database = merge(local.serving_database, local.following_database)
}

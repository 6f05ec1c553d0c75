locals {
  # Two graphs a row of 24 columns.
  graph_width  = 12
  graph_height = 6

  # Metrics of the whole cluster.
  cluster_graphs = [
    { title = "Nodes", stat = "Maximum", metrics = ["cluster_node_count", "cluster_failed_node_count"] },
    { title = "Pods", stat = "Maximum", metrics = ["cluster_number_of_running_pods"] },
    { title = "Nodes: percentage in use", stat = "Maximum", metrics = ["node_cpu_utilization", "node_memory_utilization", "node_filesystem_utilization"] },
    { title = "API server: requests", stat = "Sum", metrics = ["apiserver_request_total", "apiserver_request_total_5xx"] },
    { title = "API server: bytes stored", stat = "Maximum", metrics = ["apiserver_storage_size_bytes"] },
  ]

  # A metric of each NAT gateway.
  nat_graphs = [
    { title = "NAT: connections", stat = "Maximum", metric = "ActiveConnectionCount" },
    { title = "NAT: bytes out", stat = "Sum", metric = "BytesOutToDestination" },
    { title = "NAT: no port for a connection", stat = "Sum", metric = "ErrorPortAllocation" },
    { title = "NAT: packets dropped", stat = "Sum", metric = "PacketsDropCount" },
  ]

  graphs = concat(
    [
      for graph in local.cluster_graphs : {
        title   = graph.title
        stat    = graph.stat
        metrics = [for metric in graph.metrics : ["ContainerInsights", metric, "ClusterName", var.cluster_name]]
      }
    ],
    [
      for graph in local.nat_graphs : {
        title   = graph.title
        stat    = graph.stat
        metrics = [for zone, id in var.nat_gateway_ids : ["AWS/NATGateway", graph.metric, "NatGatewayId", id, { label = zone }]]
      } if length(var.nat_gateway_ids) > 0
    ],
  )
}

resource "aws_cloudwatch_dashboard" "this" {
  dashboard_name = "${var.name}-${var.region}-shared"
  dashboard_body = jsonencode({
    widgets = [
      for index, graph in local.graphs : {
        type   = "metric"
        x      = (index % 2) * local.graph_width
        y      = floor(index / 2) * local.graph_height
        width  = local.graph_width
        height = local.graph_height
        properties = {
          title   = graph.title
          region  = var.region
          view    = "timeSeries"
          stat    = graph.stat
          period  = 300
          metrics = graph.metrics
        }
      }
    ]
  })
}

import { ACCOUNT_ID } from '../../../tests/root.ts';

/** ARN of a resource of the account. */
export const of = (service: string, resource: string, region = 'eu-west-1') =>
  `arn:aws:${service}:${region}:${ACCOUNT_ID}:${resource}`;
const ec2 = (kind: string) => of('ec2', `${kind}/${kind}-1`);

/**
 * What the provider calls to make, change and delete a resource of a type, by the resource that AWS asks about. Sources:
 * the file of the type in internal/service/ of hashicorp/terraform-provider-aws, and AWS's Service Authorization Reference.
 * `NAME` is the prefix of the environment's names, `KEY` a key of the account.
 */
export const ACTIONS: Readonly<
  Record<string, readonly (readonly [on: string, actions: string])[]>
> = {
  aws_acm_certificate: [
    ['*', 'acm:RequestCertificate'],
    [of('acm', 'certificate/1'), 'acm:AddTagsToCertificate acm:DeleteCertificate'],
  ],
  aws_cloudfront_distribution: [
    ['*', 'cloudfront:CreateDistribution'],
    [
      of('cloudfront', 'distribution/E1', ''),
      'cloudfront:UpdateDistribution cloudfront:DeleteDistribution cloudfront:TagResource',
    ],
  ],
  aws_cloudfront_function: [
    ['*', 'cloudfront:CreateFunction'],
    [of('cloudfront', 'function/NAME', ''), 'cloudfront:PublishFunction cloudfront:UpdateFunction'],
  ],
  aws_cloudfront_key_value_store: [
    [of('cloudfront', 'key-value-store/1', ''), 'cloudfront:DeleteKeyValueStore'],
    ['*', 'cloudfront:CreateKeyValueStore'],
  ],
  aws_cloudwatch_composite_alarm: [
    [of('cloudwatch', 'alarm:NAME-region'), 'cloudwatch:PutCompositeAlarm cloudwatch:DeleteAlarms'],
  ],
  aws_cloudwatch_dashboard: [
    [of('cloudwatch', 'dashboard/NAME', ''), 'cloudwatch:PutDashboard cloudwatch:DeleteDashboards'],
  ],
  aws_cloudwatch_event_rule: [
    [of('events', 'rule/NAME-alarms'), 'events:PutRule events:PutTargets events:DeleteRule'],
  ],
  aws_cloudwatch_log_group: [
    [
      of('logs', 'log-group:/aws/lambda/NAME-rotation'),
      'logs:CreateLogGroup logs:PutRetentionPolicy logs:AssociateKmsKey logs:DeleteLogGroup',
    ],
    [of('logs', 'log-group:aws-waf-logs-NAME'), 'logs:CreateLogGroup'],
  ],
  aws_cloudwatch_log_resource_policy: [['*', 'logs:PutResourcePolicy logs:DeleteResourcePolicy']],
  aws_cloudwatch_metric_alarm: [
    [of('cloudwatch', 'alarm:NAME-5xx'), 'cloudwatch:PutMetricAlarm cloudwatch:DeleteAlarms'],
  ],
  aws_default_security_group: [
    [ec2('security-group'), 'ec2:RevokeSecurityGroupIngress ec2:RevokeSecurityGroupEgress'],
  ],
  aws_ecr_repository: [
    [
      of('ecr', 'repository/hello/service'),
      'ecr:CreateRepository ecr:PutLifecyclePolicy ecr:PutImageTagMutability ecr:SetRepositoryPolicy ecr:DeleteRepository',
    ],
  ],
  aws_ecr_replication_configuration: [['*', 'ecr:PutReplicationConfiguration']],
  aws_eip: [[of('ec2', 'elastic-ip/1'), 'ec2:AllocateAddress ec2:ReleaseAddress ec2:CreateTags']],
  aws_eks_access_entry: [
    [of('eks', 'cluster/NAME'), 'eks:CreateAccessEntry'],
    [of('eks', 'access-entry/NAME/role/1/r/1'), 'eks:AssociateAccessPolicy eks:DeleteAccessEntry'],
  ],
  aws_eks_access_policy_association: [
    [
      of('eks', 'access-entry/NAME/role/1/r/1'),
      'eks:AssociateAccessPolicy eks:DisassociateAccessPolicy',
    ],
  ],
  aws_eks_addon: [
    [of('eks', 'cluster/NAME'), 'eks:CreateAddon'],
    [of('eks', 'addon/NAME/metrics-server/1'), 'eks:UpdateAddon eks:DeleteAddon'],
  ],
  aws_eks_cluster: [
    ['*', 'eks:CreateCluster'],
    [of('eks', 'cluster/NAME'), 'eks:UpdateClusterConfig eks:DeleteCluster'],
  ],
  aws_eks_pod_identity_association: [
    [of('eks', 'cluster/NAME'), 'eks:CreatePodIdentityAssociation'],
    [of('eks', 'podidentityassociation/NAME/a-1'), 'eks:DeletePodIdentityAssociation'],
  ],
  aws_flow_log: [
    [of('ec2', 'vpc-flow-log/fl-1'), 'ec2:CreateFlowLogs ec2:DeleteFlowLogs'],
    ['*', 'logs:CreateLogDelivery logs:DeleteLogDelivery'],
  ],
  aws_internet_gateway: [
    [
      ec2('internet-gateway'),
      'ec2:CreateInternetGateway ec2:AttachInternetGateway ec2:DetachInternetGateway ec2:DeleteInternetGateway',
    ],
  ],
  aws_kms_alias: [
    [of('kms', 'alias/NAME-secrets'), 'kms:CreateAlias kms:DeleteAlias'],
    ['KEY', 'kms:CreateAlias kms:DeleteAlias'],
  ],
  aws_kms_key: [
    ['*', 'kms:CreateKey'],
    [
      'KEY',
      'kms:PutKeyPolicy kms:EnableKeyRotation kms:ScheduleKeyDeletion kms:TagResource kms:CreateGrant',
    ],
  ],
  aws_lambda_function: [
    [
      of('lambda', 'function:NAME-rotation'),
      'lambda:CreateFunction lambda:UpdateFunctionCode lambda:AddPermission lambda:DeleteFunction lambda:InvokeFunction',
    ],
  ],
  aws_nat_gateway: [[of('ec2', 'natgateway/nat-1'), 'ec2:CreateNatGateway ec2:DeleteNatGateway']],
  aws_network_acl: [
    [
      ec2('network-acl'),
      'ec2:CreateNetworkAcl ec2:CreateNetworkAclEntry ec2:DeleteNetworkAclEntry ec2:ReplaceNetworkAclAssociation ec2:DeleteNetworkAcl',
    ],
  ],
  aws_rds_cluster: [
    [
      of('rds', 'cluster:NAME'),
      'rds:CreateDBCluster rds:ModifyDBCluster rds:DeleteDBCluster rds:AddTagsToResource',
    ],
    [of('rds', 'cluster-snapshot:NAME-eu-west-1-final'), 'rds:CreateDBClusterSnapshot'],
  ],
  aws_rds_cluster_instance: [
    [
      of('rds', 'db:NAME-eu-west-1a'),
      'rds:CreateDBInstance rds:ModifyDBInstance rds:DeleteDBInstance',
    ],
    [of('rds', 'pg:default.aurora-postgresql17'), 'rds:CreateDBInstance'],
  ],
  aws_rds_cluster_parameter_group: [
    [
      of('rds', 'cluster-pg:NAME-1'),
      'rds:CreateDBClusterParameterGroup rds:ModifyDBClusterParameterGroup',
    ],
  ],
  aws_rds_global_cluster: [
    [of('rds', 'global-cluster:NAME', ''), 'rds:CreateGlobalCluster rds:DeleteGlobalCluster'],
  ],
  aws_db_subnet_group: [
    [of('rds', 'subgrp:NAME'), 'rds:CreateDBSubnetGroup rds:DeleteDBSubnetGroup'],
  ],
  aws_route: [[ec2('route-table'), 'ec2:CreateRoute ec2:ReplaceRoute ec2:DeleteRoute']],
  aws_route53_health_check: [
    ['*', 'route53:CreateHealthCheck'],
    ['arn:aws:route53:::healthcheck/1', 'route53:UpdateHealthCheck route53:DeleteHealthCheck'],
  ],
  aws_route53_key_signing_key: [
    [
      'arn:aws:route53:::hostedzone/Z1',
      'route53:CreateKeySigningKey route53:DeactivateKeySigningKey route53:EnableHostedZoneDNSSEC',
    ],
  ],
  aws_route53_record: [['arn:aws:route53:::hostedzone/Z1', 'route53:ChangeResourceRecordSets']],
  aws_route53_zone: [
    ['*', 'route53:CreateHostedZone'],
    ['arn:aws:route53:::hostedzone/Z1', 'route53:ChangeTagsForResource route53:DeleteHostedZone'],
  ],
  aws_route_table: [
    [
      ec2('route-table'),
      'ec2:CreateRouteTable ec2:AssociateRouteTable ec2:DisassociateRouteTable ec2:DeleteRouteTable',
    ],
  ],
  aws_secretsmanager_secret: [
    [
      of('secretsmanager', 'secret:NAME/database/master-abc123'),
      'secretsmanager:CreateSecret secretsmanager:PutSecretValue secretsmanager:ReplicateSecretToRegions secretsmanager:RotateSecret secretsmanager:DeleteSecret',
    ],
  ],
  aws_security_group: [
    [
      ec2('security-group'),
      'ec2:CreateSecurityGroup ec2:AuthorizeSecurityGroupIngress ec2:AuthorizeSecurityGroupEgress ec2:DeleteSecurityGroup',
    ],
  ],
  aws_sns_topic: [
    [
      of('sns', 'NAME-alerts'),
      'sns:CreateTopic sns:SetTopicAttributes sns:Subscribe sns:DeleteTopic',
    ],
  ],
  aws_subnet: [[ec2('subnet'), 'ec2:CreateSubnet ec2:ModifySubnetAttribute ec2:DeleteSubnet']],
  aws_vpc: [[ec2('vpc'), 'ec2:CreateVpc ec2:ModifyVpcAttribute ec2:DeleteVpc ec2:CreateTags']],
  aws_vpc_endpoint: [
    [
      of('ec2', 'vpc-endpoint/vpce-1'),
      'ec2:CreateVpcEndpoint ec2:ModifyVpcEndpoint ec2:DeleteVpcEndpoints',
    ],
  ],
  aws_vpc_security_group_egress_rule: [
    [of('ec2', 'security-group-rule/sgr-1'), 'ec2:ModifySecurityGroupRules ec2:CreateTags'],
  ],
  aws_wafv2_web_acl: [
    [
      of('wafv2', 'regional/webacl/NAME/1'),
      'wafv2:CreateWebACL wafv2:UpdateWebACL wafv2:PutLoggingConfiguration wafv2:DeleteWebACL',
    ],
    [of('wafv2', 'regional/managedruleset/AWSManagedRulesCommonRuleSet/1'), 'wafv2:CreateWebACL'],
  ],
  aws_cloudwatch_event_target: [
    [of('events', 'rule/NAME-alarms'), 'events:PutTargets events:RemoveTargets'],
  ],
  aws_lambda_function_event_invoke_config: [
    [of('lambda', 'function:NAME-x'), 'lambda:PutFunctionEventInvokeConfig'],
  ],
  aws_lambda_function_url: [
    [
      of('lambda', 'function:NAME-x'),
      'lambda:CreateFunctionUrlConfig lambda:DeleteFunctionUrlConfig',
    ],
  ],
  aws_lambda_invocation: [[of('lambda', 'function:NAME-x'), 'lambda:InvokeFunction']],
  aws_lambda_permission: [
    [of('lambda', 'function:NAME-x'), 'lambda:AddPermission lambda:RemovePermission'],
  ],
  aws_route53_hosted_zone_dnssec: [
    [
      'arn:aws:route53:::hostedzone/Z1',
      'route53:EnableHostedZoneDNSSEC route53:DisableHostedZoneDNSSEC',
    ],
  ],
  aws_secretsmanager_secret_rotation: [
    [
      of('secretsmanager', 'secret:NAME/database/x-abc123'),
      'secretsmanager:RotateSecret secretsmanager:CancelRotateSecret',
    ],
  ],
  aws_secretsmanager_secret_version: [
    [
      of('secretsmanager', 'secret:NAME/database/x-abc123'),
      'secretsmanager:PutSecretValue secretsmanager:UpdateSecretVersionStage',
    ],
  ],
  aws_vpc_security_group_ingress_rule: [
    [ec2('security-group'), 'ec2:AuthorizeSecurityGroupIngress ec2:RevokeSecurityGroupIngress'],
  ],
  // Waits only.
  aws_acm_certificate_validation: [],
  aws_cloudfront_cache_policy: [
    ['*', 'cloudfront:CreateCachePolicy'],
    [
      of('cloudfront', 'cache-policy/1', ''),
      'cloudfront:UpdateCachePolicy cloudfront:DeleteCachePolicy',
    ],
  ],
  aws_cloudfront_monitoring_subscription: [
    ['*', 'cloudfront:CreateMonitoringSubscription cloudfront:DeleteMonitoringSubscription'],
  ],
  aws_cloudfront_origin_access_control: [
    ['*', 'cloudfront:CreateOriginAccessControl'],
    [
      of('cloudfront', 'origin-access-control/1', ''),
      'cloudfront:UpdateOriginAccessControl cloudfront:DeleteOriginAccessControl',
    ],
  ],
  aws_cloudfront_origin_request_policy: [
    ['*', 'cloudfront:CreateOriginRequestPolicy'],
    [
      of('cloudfront', 'origin-request-policy/1', ''),
      'cloudfront:UpdateOriginRequestPolicy cloudfront:DeleteOriginRequestPolicy',
    ],
  ],
  aws_cloudfront_response_headers_policy: [
    ['*', 'cloudfront:CreateResponseHeadersPolicy'],
    [
      of('cloudfront', 'response-headers-policy/1', ''),
      'cloudfront:UpdateResponseHeadersPolicy cloudfront:DeleteResponseHeadersPolicy',
    ],
  ],
  aws_cloudwatch_log_delivery: [
    [of('logs', 'delivery-source:NAME-access', 'us-east-1'), 'logs:CreateDelivery'],
    [of('logs', 'delivery-destination:NAME-access', 'us-east-1'), 'logs:CreateDelivery'],
    [of('logs', 'delivery:1', 'us-east-1'), 'logs:UpdateDeliveryConfiguration logs:DeleteDelivery'],
  ],
  aws_cloudwatch_log_delivery_destination: [
    [
      of('logs', 'delivery-destination:NAME-access', 'us-east-1'),
      'logs:PutDeliveryDestination logs:DeleteDeliveryDestination',
    ],
  ],
  aws_cloudwatch_log_delivery_source: [
    [of('logs', 'delivery-source:NAME-access', 'us-east-1'), 'logs:PutDeliverySource'],
    // AWS's reference has it so.
    [of('logs', 'delivery-destination:NAME-access', 'us-east-1'), 'logs:DeleteDeliverySource'],
    [of('cloudfront', 'distribution/E1', ''), 'cloudfront:AllowVendedLogDeliveryForResource'],
  ],
  aws_default_network_acl: [[ec2('network-acl'), 'ec2:DeleteNetworkAclEntry']],
  aws_default_route_table: [[ec2('route-table'), 'ec2:DeleteRoute']],
  aws_ecr_lifecycle_policy: [
    [of('ecr', 'repository/hello/service'), 'ecr:PutLifecyclePolicy ecr:DeleteLifecyclePolicy'],
  ],
  aws_ecr_registry_scanning_configuration: [['*', 'ecr:PutRegistryScanningConfiguration']],
  aws_ecr_repository_policy: [
    [of('ecr', 'repository/hello/service'), 'ecr:SetRepositoryPolicy ecr:DeleteRepositoryPolicy'],
  ],
  aws_network_acl_rule: [
    [ec2('network-acl'), 'ec2:CreateNetworkAclEntry ec2:DeleteNetworkAclEntry'],
  ],
  aws_route_table_association: [
    [ec2('route-table'), 'ec2:AssociateRouteTable ec2:DisassociateRouteTable'],
  ],
  aws_security_group_rule: [
    [
      ec2('security-group'),
      'ec2:AuthorizeSecurityGroupIngress ec2:AuthorizeSecurityGroupEgress ec2:RevokeSecurityGroupIngress ec2:RevokeSecurityGroupEgress',
    ],
  ],
  aws_sns_topic_policy: [[of('sns', 'NAME-alerts'), 'sns:SetTopicAttributes']],
  aws_sns_topic_subscription: [[of('sns', 'NAME-alerts'), 'sns:Subscribe sns:Unsubscribe']],
  aws_wafv2_web_acl_logging_configuration: [
    [
      of('wafv2', 'regional/webacl/NAME/1'),
      'wafv2:PutLoggingConfiguration wafv2:DeleteLoggingConfiguration',
    ],
    ['*', 'logs:CreateLogDelivery logs:PutResourcePolicy'],
  ],
};

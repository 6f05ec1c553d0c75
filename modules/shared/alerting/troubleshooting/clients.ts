import { CloudTrailClient } from '@aws-sdk/client-cloudtrail';
import { CloudWatchClient } from '@aws-sdk/client-cloudwatch';
import { CloudWatchLogsClient } from '@aws-sdk/client-cloudwatch-logs';
import { EKSClient } from '@aws-sdk/client-eks';
import { RDSClient } from '@aws-sdk/client-rds';

/** One retry: there is a deadline, and who waits for the report has others to ask. */
const maxAttempts = 2;

/** A client for each region, made when it is first needed. */
const perRegion = <Client>(make: (region: string) => Client): ((region: string) => Client) => {
  const clients = new Map<string, Client>();
  return (region) => {
    const client = clients.get(region) ?? make(region);
    clients.set(region, client);
    return client;
  };
};

export const cloudTrail = perRegion((region) => new CloudTrailClient({ region, maxAttempts }));
export const cloudWatch = perRegion((region) => new CloudWatchClient({ region, maxAttempts }));
export const eks = perRegion((region) => new EKSClient({ region, maxAttempts }));
export const logs = perRegion((region) => new CloudWatchLogsClient({ region, maxAttempts }));
export const rds = perRegion((region) => new RDSClient({ region, maxAttempts }));

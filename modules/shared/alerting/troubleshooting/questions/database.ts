import {
  DescribeDBClustersCommand,
  DescribeEventsCommand,
  DescribeGlobalClustersCommand,
} from '@aws-sdk/client-rds';
import type { Alarm } from '../alarm.ts';
import type { Question } from '../ask.ts';
import { rds } from '../clients.ts';
import { timeOf, windowOf } from './window.ts';

/** Whether a database cluster is there, and who writes. */
export const databaseState = (region: string, cluster: string): Question => ({
  title: `Database ${cluster} in ${region}`,
  ask: async (abortSignal) => {
    const { DBClusters = [] } = await rds(region).send(
      new DescribeDBClustersCommand({ DBClusterIdentifier: cluster }),
      { abortSignal },
    );
    return DBClusters.flatMap(({ Status, EngineVersion, DBClusterMembers = [] }) => [
      `${Status}, version ${EngineVersion}, ${DBClusterMembers.length} instances`,
      ...DBClusterMembers.map(
        ({ DBInstanceIdentifier, IsClusterWriter }) =>
          `${DBInstanceIdentifier} ${IsClusterWriter ? 'writes' : 'reads'}`,
      ),
    ]);
  },
});

/** What RDS reported of a cluster and of its instances: restarts, failovers, maintenance. */
export const databaseEvents = (alarm: Alarm, region: string, cluster: string): Question => ({
  title: `Events of database ${cluster} in ${region}`,
  ask: async (abortSignal) => {
    const { from, until } = windowOf(alarm);
    const time = { StartTime: from, EndTime: until };
    // Events of instances are had of one or of all in the region.
    const [{ DBClusters = [] }, ...found] = await Promise.all([
      rds(region).send(new DescribeDBClustersCommand({ DBClusterIdentifier: cluster }), {
        abortSignal,
      }),
      ...[
        { SourceType: 'db-cluster' as const, SourceIdentifier: cluster },
        { SourceType: 'db-instance' as const },
      ].map((source) =>
        rds(region).send(new DescribeEventsCommand({ ...source, ...time }), { abortSignal }),
      ),
    ]);
    const ours = new Set([
      cluster,
      ...DBClusters.flatMap(({ DBClusterMembers = [] }) => DBClusterMembers).map(
        ({ DBInstanceIdentifier }) => DBInstanceIdentifier,
      ),
    ]);
    return found
      .flatMap(({ Events = [] }) => Events)
      .filter(({ SourceIdentifier }) => ours.has(SourceIdentifier))
      .sort((one, other) => Number(one.Date) - Number(other.Date))
      .map((event) => `${timeOf(alarm, event.Date)} ${event.SourceIdentifier}: ${event.Message}`);
  },
});

/** Which region writes, and whether the others follow: as the first of its regions says that answers. */
export const globalDatabase = (regions: readonly string[], identifier: string): Question => ({
  title: `Global database ${identifier}`,
  ask: async (abortSignal) => {
    const command = new DescribeGlobalClustersCommand({ GlobalClusterIdentifier: identifier });
    const { GlobalClusters = [] } = await Promise.any(
      regions.map((region) => rds(region).send(command, { abortSignal })),
    ).catch(({ errors }: AggregateError) => Promise.reject(errors[0]));
    return GlobalClusters.flatMap(({ Status, FailoverState, GlobalClusterMembers = [] }) => [
      `${Status}${FailoverState ? `, failover ${FailoverState.Status}` : ''}`,
      ...GlobalClusterMembers.map(
        ({ DBClusterArn, IsWriter, SynchronizationStatus }) =>
          `${DBClusterArn?.split(':')[3]} ${IsWriter ? 'writes' : `follows, ${SynchronizationStatus}`}`,
      ),
    ]);
  },
});

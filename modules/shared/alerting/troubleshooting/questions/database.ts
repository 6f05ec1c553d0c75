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

/** What RDS reported of a cluster and of all instances: restarts, failovers, maintenance. */
export const databaseEvents = (alarm: Alarm, region: string, cluster: string): Question => ({
  title: `Events of database ${cluster} in ${region}`,
  ask: async (abortSignal) => {
    const { from, until } = windowOf(alarm);
    const time = { StartTime: from, EndTime: until };
    const found = await Promise.all(
      [
        { SourceType: 'db-cluster' as const, SourceIdentifier: cluster },
        { SourceType: 'db-instance' as const },
      ].map((source) =>
        rds(region).send(new DescribeEventsCommand({ ...source, ...time }), { abortSignal }),
      ),
    );
    return found
      .flatMap(({ Events = [] }) => Events)
      .sort((one, other) => Number(one.Date) - Number(other.Date))
      .map((event) => `${timeOf(event.Date)} ${event.SourceIdentifier}: ${event.Message}`);
  },
});

/** Which region writes, and whether the others follow. */
export const globalDatabase = (region: string, identifier: string): Question => ({
  title: `Global database ${identifier}`,
  ask: async (abortSignal) => {
    const { GlobalClusters = [] } = await rds(region).send(
      new DescribeGlobalClustersCommand({ GlobalClusterIdentifier: identifier }),
      { abortSignal },
    );
    return GlobalClusters.flatMap(({ Status, FailoverState, GlobalClusterMembers = [] }) => [
      `${Status}${FailoverState ? `, failover ${FailoverState.Status}` : ''}`,
      ...GlobalClusterMembers.map(
        ({ DBClusterArn, IsWriter, SynchronizationStatus }) =>
          `${DBClusterArn?.split(':')[3]} ${IsWriter ? 'writes' : `follows, ${SynchronizationStatus}`}`,
      ),
    ]);
  },
});

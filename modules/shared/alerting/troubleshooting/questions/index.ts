import type { Alarm } from '../alarm.ts';
import type { Question } from '../ask.ts';
import { GLOBAL_REGION, settings } from '../settings.ts';
import { childrenOf, othersThatAreOn } from './alarms.ts';
import { changesIn } from './changes.ts';
import { cluster } from './cluster.ts';
import { databaseEvents, databaseState, globalDatabase } from './database.ts';
import {
  alarmFigures,
  databaseFigures,
  deploymentFigures,
  distributionFigures,
  healthFigures,
} from './figures.ts';
import { logLines } from './logs.ts';

/** What the person on call would look at first, in that order; the alarm's region before the others. */
export const questionsAbout = (alarm: Alarm): Question[] => {
  const { subjects } = settings();
  const regions = Object.entries(subjects.regions).sort(([one]) => (one === alarm.region ? -1 : 1));
  const places = new Set([alarm.region, ...regions.map(([region]) => region), GLOBAL_REGION]);
  const given = <Value, Result>(value: Value | null | undefined, make: (value: Value) => Result) =>
    value == null ? [] : [make(value)];
  return [
    ...(alarm.isComposite ? [childrenOf(alarm)] : []),
    ...(alarm.metrics.length > 0 ? [alarmFigures(alarm)] : []),
    ...[...places].map((place) => othersThatAreOn(alarm, place)),
    ...given(subjects.distribution_id, (id) => distributionFigures(alarm, id)),
    healthFigures(alarm),
    ...regions.flatMap(([region, { database_cluster_identifier, cluster_name }]) => [
      ...given(database_cluster_identifier, (name) => databaseState(region, name)),
      ...given(database_cluster_identifier, (name) => databaseFigures(alarm, region, name)),
      ...given(database_cluster_identifier, (name) => databaseEvents(alarm, region, name)),
      ...given(cluster_name, (name) => cluster(region, name)),
      ...given(cluster_name == null ? null : subjects.deployment, (deployment) =>
        deploymentFigures(alarm, region, String(cluster_name), deployment),
      ),
      ...Object.entries(subjects.log_queries).map(([title, query]) =>
        logLines(alarm, region, title, query),
      ),
    ]),
    ...given(subjects.global_database_identifier, (name) =>
      globalDatabase(
        regions.flatMap(([region, { database_cluster_identifier }]) =>
          database_cluster_identifier == null ? [] : [region],
        ),
        name,
      ),
    ),
    ...[...places].map((place) => changesIn(alarm, place)),
  ];
};

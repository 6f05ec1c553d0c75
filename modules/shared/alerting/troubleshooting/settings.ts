/** Where AWS keeps what belongs to no region: CloudFront's and Route 53's metrics, changes of IAM. */
export const GLOBAL_REGION = 'us-east-1';

/** What of a region is looked at. */
export interface Region {
  readonly cluster_name?: string | null;
  readonly database_cluster_identifier?: string | null;
}

/** What serves in each cluster. */
export interface Deployment {
  readonly namespace: string;
  readonly name: string;
}

/** A query of CloudWatch Logs Insights. */
export interface LogQuery {
  readonly log_group_name: string;
  readonly query: string;
}

/** What a report looks at: the module's input `troubleshooting`. */
export interface Subjects {
  readonly regions: Readonly<Record<string, Region>>;
  readonly global_database_identifier?: string | null;
  readonly distribution_id?: string | null;
  readonly deployment?: Deployment | null;
  readonly log_queries: Readonly<Record<string, LogQuery>>;
}

/** What the function is told by its environment. */
export interface Settings {
  readonly subjects: Subjects;
  /** What the names of our alarms begin with. */
  readonly alarmNamePrefix: string;
  /** Where reports go. */
  readonly topicArn: string;
  /** Folder of the runbooks. */
  readonly runbookUrl: string;
  /** Longest time for one question. */
  readonly deadlineMilliseconds: number;
}

/** @throws Error that names the variable which is missing */
export const settings = (): Settings => ({
  subjects: JSON.parse(variable('SUBJECTS')),
  alarmNamePrefix: variable('ALARM_NAME_PREFIX'),
  topicArn: variable('TOPIC_ARN'),
  runbookUrl: variable('RUNBOOK_URL'),
  deadlineMilliseconds: Number(variable('DEADLINE_MILLISECONDS')),
});

const variable = (name: string): string => {
  const value = process.env[name];
  if (!value) throw new Error(`the environment variable ${name} is not set`);
  return value;
};

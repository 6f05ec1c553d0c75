interface State {
  readonly value: string;
  readonly reason?: string;
  readonly timestamp?: string;
  /** Of a composite alarm whose actions another one holds back. */
  readonly actionsSuppressedBy?: string;
}

/** A metric as the event of its alarm describes it. */
export interface AlarmMetric {
  readonly metricStat?: {
    readonly metric: {
      readonly namespace: string;
      readonly name: string;
      readonly dimensions?: Readonly<Record<string, string>>;
    };
    readonly period: number;
    readonly stat: string;
  };
}

/**
 * EventBridge's `CloudWatch Alarm State Change`, as far as a report needs it.
 * https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/cloudwatch-and-eventbridge.html
 */
export interface AlarmEvent {
  readonly id: string;
  readonly time: string;
  readonly region: string;
  readonly detail: {
    readonly alarmName: string;
    readonly state: State;
    readonly previousState?: State;
    readonly configuration?: {
      readonly description?: string;
      readonly metrics?: readonly AlarmMetric[];
      /** Composite alarms have one in place of metrics. */
      readonly alarmRule?: string;
    };
  };
}

export interface Alarm {
  readonly eventId: string;
  readonly name: string;
  readonly region: string;
  readonly since: Date;
  readonly state: string;
  readonly wasRinging: boolean;
  readonly isSuppressed: boolean;
  readonly isComposite: boolean;
  readonly reason: string;
  readonly description: string;
  readonly metrics: readonly AlarmMetric[];
}

/** @throws Error when it is no change of an alarm's state */
export const readAlarm = ({ id, region, time, detail }: AlarmEvent): Alarm => {
  if (typeof detail?.alarmName !== 'string' || typeof detail.state?.value !== 'string')
    throw new Error(`event ${id} is no CloudWatch Alarm State Change: it has no alarm or no state`);
  const { alarmName, state, previousState, configuration = {} } = detail;
  return {
    eventId: id,
    name: alarmName,
    region,
    since: new Date(state.timestamp ?? time),
    state: state.value,
    // A composite alarm that was held back first rings when it is let go, and its state stays what it was.
    wasRinging: previousState?.value === 'ALARM' && !previousState.actionsSuppressedBy,
    isSuppressed: state.actionsSuppressedBy !== undefined,
    isComposite: configuration.alarmRule !== undefined,
    reason: state.reason ?? '',
    description: configuration.description ?? '',
    metrics: configuration.metrics ?? [],
  };
};

/** Whether somebody is being called now, as far as the event tells. */
export const startsWork = ({ state, wasRinging, isSuppressed }: Alarm): boolean =>
  state === 'ALARM' && !wasRinging && !isSuppressed;

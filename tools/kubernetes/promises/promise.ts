import type { KubernetesObject } from '../objects.ts';

/** A promise about all objects of a render: what breaks it, a line each. */
export type Promised = (objects: readonly KubernetesObject[]) => string[];

/** A line where something is not so. */
export const unless = (kept: unknown, violation: string): string[] => (kept ? [] : [violation]);

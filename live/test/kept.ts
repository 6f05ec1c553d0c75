import type { Resource } from '../../tools/aws-simulation/simulation.ts';

/** What AWS keeps of what is destroyed: it can be brought back, or is deleted by hand. */
const KEPT = ['aws_db_cluster_snapshot', 'deleted_secret', 'deleted_key'];

/** Whether it stays when all is destroyed, as docs/runbooks/teardown.md says: it is kept, or is of the unit `state`. */
export const isKept = ({ type, id, attributes }: Resource): boolean =>
  KEPT.includes(type) ||
  attributes.tags_all?.unit === 'state' ||
  /^(alias\/)?hello-\w+-state/.test(id);

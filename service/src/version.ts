import packageJson from '../../package.json' with { type: 'json' };

/** Version of the service. */
export const VERSION = packageJson.version;

/** The commit it was built from, which `service/image/binary.ts` fills in; otherwise of the environment. */
export const COMMIT = process.env.SERVICE_COMMIT || 'unknown';

import { USER } from './files.ts';

const SECOND = 1_000_000_000;

/** Of the service in its image, and of everything that the bench compares it with. */
export const NODE_ENV = 'production';

/** How the image is run: `config` of an OCI image configuration. The Dockerfile says the same. */
export const IMAGE_CONFIG = {
  User: `${USER}:${USER}`,
  ExposedPorts: { '8000/tcp': {}, '9000/tcp': {} },
  Env: [
    'HOST=0.0.0.0',
    'MANAGEMENT_HOST=0.0.0.0',
    'DATABASE_URL=sqlite:////data/hello.db',
    `NODE_ENV=${NODE_ENV}`,
    // Bun trusts the authorities that are mounted at /etc/ssl/certs too, not only those that are built into it.
    'NODE_USE_SYSTEM_CA=1',
  ],
  Entrypoint: ['/hello'],
  Cmd: ['serve'],
  Volumes: { '/data': {} },
  StopSignal: 'SIGTERM',
  /** Docker's addition to OCI (moby/docker-image-spec); Kubernetes has probes of its own. */
  Healthcheck: {
    Test: ['CMD', '/hello', 'healthcheck'],
    Interval: 30 * SECOND,
    Timeout: 5 * SECOND,
    StartPeriod: 15 * SECOND,
    Retries: 3,
  },
};

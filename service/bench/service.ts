import { tmpdir } from 'node:os';
import { NODE_ENV } from '../image/config.ts';
import { freePort } from '../test/support/database-server.ts';
import { COMMANDS } from '../test/support/server.ts';

/** The service as it runs in production, its log going nowhere. */
export const startQuietService = async (databaseUrl: string, poolMax: number) => {
  const [port, managementPort] = [freePort(), freePort()];
  const child = Bun.spawn([...COMMANDS.bun], {
    cwd: tmpdir(),
    env: {
      ...process.env,
      NODE_ENV,
      DATABASE_URL: databaseUrl,
      DATABASE_POOL_MAX: String(poolMax),
      PORT: String(port),
      MANAGEMENT_PORT: String(managementPort),
    },
    stdio: ['ignore', 'ignore', 'ignore'],
  });
  process.once('exit', () => child.kill('SIGKILL'));
  for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => process.exit(1));
  const isReady = async () => {
    const response = await fetch(`http://127.0.0.1:${managementPort}/readyz`).catch(
      () => undefined,
    );
    return response?.ok ?? false;
  };
  for (let tries = 0; !(await isReady()); tries++) {
    if (tries > 200) throw new Error('the service is not ready');
    await Bun.sleep(50);
  }
  return {
    url: `http://127.0.0.1:${port}`,
    stop: async () => {
      child.kill('SIGKILL');
      await child.exited;
    },
  };
};

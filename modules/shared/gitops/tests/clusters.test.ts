import { expect, test } from 'bun:test';
import { clusterOf, INPUTS, places } from '../../../../gitops/test/clusters.ts';
import { startSimulation } from '../../../../tools/aws-simulation/simulation.ts';
import { LIMIT } from '../../../tests/prove.ts';

test(
  'the clusters that gitops/test expands application sets for are what this module makes',
  async () => {
    const simulation = await startSimulation();
    try {
      const root = simulation.root({
        'main.tf.json': JSON.stringify({
          provider: {
            kubernetes: { host: 'https://127.0.0.1' },
            helm: { kubernetes: { host: 'https://127.0.0.1' } },
          },
          module: Object.fromEntries(
            places.map((place) => [
              place,
              {
                source: './modules/shared/gitops',
                ...INPUTS[place],
                chart_version: '10.1.1',
                apps_chart_version: '2.0.5',
              },
            ]),
          ),
        }),
      });
      await simulation.run(root, 'init');
      await simulation.run(root, 'apply', '-auto-approve');
      const plan = await simulation.plan(root);
      const modules = plan.prior_state.values.root_module.child_modules;
      expect(modules).toHaveLength(places.length);
      for (const { address, resources } of modules) {
        const { values } = resources.find(
          ({ type }: { type: string }) => type === 'kubernetes_secret_v1',
        );
        const [{ labels, annotations }] = values.metadata;
        const { name, server } = values.data;
        const place = places.find((each) => address === `module.${each}`);
        expect(place && clusterOf(place)).toEqual({ name, server, labels, annotations });
      }
    } finally {
      await simulation.stop();
    }
  },
  LIMIT,
);

/** Stands in for `kubectl` where no cluster is: Argo CD's applications, and what leaves AWS with them, as docs/gitops.md says. */
import { existsSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { Glob } from 'bun';

const { values, positionals } = parseArgs({
  options: {
    context: { type: 'string' },
    namespace: { type: 'string', short: 'n' },
    type: { type: 'string' },
    patch: { type: 'string' },
    output: { type: 'string', short: 'o' },
    all: { type: 'boolean' },
  },
  allowPositionals: true,
});
const { CLUSTERS, AWS_SIMULATION_ACCOUNTS, AWS_SIMULATION_ACCOUNT_ID } = process.env;
if (!CLUSTERS || !AWS_SIMULATION_ACCOUNTS || !AWS_SIMULATION_ACCOUNT_ID || !values.context)
  throw new Error('CLUSTERS, the simulated account or --context is missing');
const file = join(CLUSTERS, `${values.context}.json`);

/** Who takes back what is changed by hand, and which components are there. */
const cluster: { healing: string[]; components: string[] } = existsSync(file)
  ? JSON.parse(readFileSync(file, 'utf8'))
  : {
      healing: ['start', 'platform'],
      components: ['gateway', 'external-dns', 'kube-prometheus-stack'],
    };
const heals = (name: string) => cluster.healing.includes(name);
const has = (name: string) => cluster.components.includes(name);

/** Removes what the cluster's controllers made in the account. */
const leave = (...types: string[]) => {
  const root = join(AWS_SIMULATION_ACCOUNTS, AWS_SIMULATION_ACCOUNT_ID);
  for (const type of types)
    for (const found of new Glob(`*/${type}/*.json`).scanSync({ cwd: root, absolute: true }))
      if (JSON.parse(readFileSync(found, 'utf8')).cluster === values.context) rmSync(found);
};

const command = `${values.namespace} ${positionals.join(' ')} ${values.patch ?? values.output ?? ''}`;
const WITHOUT_SYNC = '{"spec":{"syncPolicy":null}}';
const stopHealing = (name: string) => {
  cluster.healing = cluster.healing.filter((other) => other !== name);
};
const remove = (name: string) => {
  if (!has(name)) throw new Error(`applications.argoproj.io "${name}" not found`);
  // The platform brings it again.
  if (heals('platform')) return;
  cluster.components = cluster.components.filter((other) => other !== name);
};

switch (command.trim()) {
  case `argocd patch application start ${WITHOUT_SYNC}`:
    stopHealing('start');
    break;
  case `argocd patch applicationset platform {"spec":{"template":${WITHOUT_SYNC}}}`:
    // Else the first application takes it back.
    if (!heals('start')) stopHealing('platform');
    break;
  case 'argocd get application platform jsonpath={.spec.syncPolicy.automated}':
    console.log(heals('platform') ? '{"prune":true,"selfHeal":true}' : '');
    break;
  case 'argocd delete application gateway':
    remove('gateway');
    if (has('gateway')) break;
    leave('aws_lb', 'aws_lb_listener', 'aws_network_interface', 'aws_wafv2_web_acl_association');
    if (has('external-dns')) leave('aws_route53_record');
    break;
  case 'argocd delete application kube-prometheus-stack':
    remove('kube-prometheus-stack');
    break;
  case 'monitoring delete persistentvolumeclaims':
    // A claim stays as long as a pod uses it.
    if (has('kube-prometheus-stack')) throw new Error('timed out waiting for the condition');
    leave('aws_ebs_volume');
    break;
  default:
    throw new Error(`kubectl ${command}: the stand-in doesn't know that`);
}
writeFileSync(file, JSON.stringify(cluster));

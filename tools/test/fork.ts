/** The values of a fork, at their places: what stood there doesn't matter, so that tests can do this in a fork too. */
import { join } from 'node:path';
import { filesOf, PROMOTED } from '../promote/environment.ts';
import type { Rehearsal } from '../rehearsal.ts';

/** What one who forks the repository sets. */
export interface Values {
  /** Owner of the repository on GitHub, and the organisation of the teams. */
  readonly owner: string;
  /** Name of the repository. */
  readonly name: string;
  readonly ids: readonly [owner: number, repository: number];
  /** Where people read `docs/`. */
  readonly pages: string;
  /** Of `delivery` and `registry`, as live/ says it, and who hears of alarms. */
  readonly settings: Readonly<
    Record<
      'subject_form' | 'oidc_provider_arn' | 'image_reader_role_arns' | 'subscriptions',
      string
    >
  >;
  readonly environments: Readonly<Record<(typeof PROMOTED)[number], Environment>>;
}

interface Environment {
  readonly account: string;
  readonly domain: string;
  /** Repository of images, without a tag. */
  readonly registry: string;
  /** Host of the database. */
  readonly database: string;
}

/** As the repository comes. */
export const PLACEHOLDERS: Values = {
  owner: 'example',
  name: 'hello',
  ids: [1234, 5678],
  pages: 'https://example.com/hello/docs',
  settings: {
    subject_form: '"immutable"',
    oidc_provider_arn: 'null',
    image_reader_role_arns: '[]',
    subscriptions: '{}',
  },
  environments: {
    dev: {
      account: '111122223333',
      domain: 'dev.example.com',
      registry: 'registry.example.com/hello',
      database: 'database.dev.example.com',
    },
    prod: {
      account: '444455556666',
      domain: 'example.com',
      registry: 'registry.example.com/hello',
      database: 'database.prod.example.com',
    },
  },
};

/** A fork's, with what placeholders don't have: another name of the repository, digits and hyphens, AWS's own hosts. */
export const FORK: Values = {
  owner: 'greeters-4u',
  name: 'greetings',
  ids: [87654321, 987654321],
  pages: 'https://github.com/greeters-4u/greetings/blob/main/docs',
  settings: {
    subject_form: '"name"',
    oidc_provider_arn:
      '"arn:aws:iam::210987654321:oidc-provider/token.actions.githubusercontent.com"',
    image_reader_role_arns: '["arn:aws:iam::210987654321:role/releases"]',
    subscriptions: `{
    duty = { topics = ["critical"], protocol = "email", endpoint = "duty@greetings-4u.org" }
  }`,
  },
  environments: {
    dev: {
      account: '210987654321',
      domain: 'dev.greetings-4u.org',
      registry: '210987654321.dkr.ecr.eu-west-1.amazonaws.com/hello/service',
      database: 'hello-dev.global-a1b2c3d4e5f6.global.rds.amazonaws.com',
    },
    prod: {
      account: '109876543210',
      domain: 'greetings-4u.org',
      registry: '109876543210.dkr.ecr.eu-west-1.amazonaws.com/hello/service',
      database: 'hello-prod.global-f6e5d4c3b2a1.global.rds.amazonaws.com',
    },
  },
};

type Changes = readonly (readonly [RegExp, string])[];

/** What is replaced in a file, all of it and at least once; `present` is the repository before. */
const changesOf = (
  { owner, name: repositoryName, ids, pages, settings, environments }: Values,
  present: string,
): Record<string, Changes> => {
  const repository = `https://github.com/${owner}/${repositoryName}`;
  const changes: Record<string, Changes> = {
    'package.json': [[/(?<="repository": ")[^"]+/, repository]],
    'SECURITY.md': [[/(?<=--certificate-identity )\S+(?=\/\.github)/, repository]],
    '.github/CODEOWNERS': [[/(?<= )@[^/\s]+/g, `@${owner}`]],
    'live/facts.hcl': [[/(?<=repository_url = ")[^"]+/, repository]],
    'gitops/projects.yaml': [
      [new RegExp(RegExp.escape(`${present}.git`), 'g'), `${repository}.git`],
    ],
    'gitops/platform/gateway/values.yaml': PROMOTED.map((name) => [
      new RegExp(`(?<=^  ${name}: ").+(?="$)`, 'm'),
      `*.${environments[name].domain}`,
    ]),
    'helm/hello/values.yaml': [[/(?<=runbooks: )\S+(?=\/runbooks$)/m, pages]],
    'kustomize/components/monitoring/prometheus-rule.yaml': [
      [/(?<=runbook_url: )\S+(?=\/runbooks)/g, pages],
    ],
  };
  for (const name of PROMOTED) {
    const { account, domain, registry, database } = environments[name];
    const [overlay, values] = filesOf(name);
    changes[overlay] = [
      [/(?<=newName: )\S+/, registry],
      [/(?<=DATABASE_URL=postgres:\/\/)[^:]+/, database],
      [/(?<=value: )\[hello\..+\]/, `[hello.${domain}]`],
    ];
    changes[values] = [
      [/(?<=^ {2}repository: )\S+/m, registry],
      [/(?<=url: postgres:\/\/)[^:]+/, database],
      [/(?<=hostnames: )\[.+\]/, `[hello.${domain}]`],
    ];
    changes[`live/${name}/environment.hcl`] = [
      [/(?<=account_id = ")\d+/, account],
      [/(?<=arn:aws:iam::)\d+/g, account],
      [/(?<=^ {2}domain {5}= ").+(?="$)/m, domain],
      [/(?<=owner = ")[^"]+/, owner],
      [/(?<=owner_id = )\d+/, `${ids[0]}`],
      [/(?<=, name = ")[^"]+/, repositoryName],
      [/(?<=, id = )\d+/, `${ids[1]}`],
      ...Object.entries(settings).map(([setting, value]): [RegExp, string] => [
        new RegExp(`(?<=^ {2}${setting} = )([^{\\n]+|\\{.*\\}|\\{$[\\s\\S]*?^ {2}\\})$`, 'm'),
        value,
      ]),
    ];
  }
  return changes;
};

/** Sets the values in a copy, without a commit. */
export const setValues = async (clone: Rehearsal, values: Values): Promise<void> => {
  const { repository } = await Bun.file(join(clone.folder, 'package.json')).json();
  for (const [file, changes] of Object.entries(changesOf(values, repository)))
    await clone.edit(file, (text) =>
      changes.reduce((changed, [place, value]) => {
        if (changed.search(place) < 0) throw new Error(`${file} has nothing like ${place}`);
        return changed.replace(place, value);
      }, text),
    );
};

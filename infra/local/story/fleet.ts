// The story's fleet and its configuration: three pipelines, ten waves, sixteen apps. The configuration is written as a
// team would write it, and read by the same code.

import { defaultsPlace } from '../../../shared/config/parameters.ts';
import type { ConfigSource } from '../../../shared/config/source.ts';
import { parameterNames } from '../../../shared/parameters/names.ts';

export const CONFIG: Readonly<Record<'router' | 'api' | 'web', string>> = {
  router: `pipeline: router
waves:
  - name: qa
    apps: [router-qa01]
  - name: canary
    apps: [router-va01]
    checks:
      - ci: { context: "ci/circleci: build" }
  - name: first
    apps: [router-ie01, router-or01]
    soak: 5m
  - name: americas
    apps: [router-va02, router-or02, router-ca01]
    soak: 5m
    checks:
      - signal: { name: direwolf, of: source, fresh: 30m }
  - name: europe
    apps: [router-ie02, router-de01]
    soak: 5m
  - name: world
    apps: [router-jp01, router-au01, router-in01]
    soak: 5m
`,
  api: `pipeline: api
waves:
  - name: staging
    apps: [api-staging]
  - name: production
    apps: [api-production-us, api-production-eu]
    soak: 2m
    checks:
      - window: { days: mon-thu, from: "09:00", until: "17:00", zone: Europe/Dublin, leave: 3h }
`,
  web: `pipeline: web
waves:
  - name: staging
    apps: [web-staging]
  - name: production
    apps: [web-production]
    soak: 2m
    checks:
      - maintenance
`,
};

export const DEFAULTS = `checks:
  - heroku-status
`;

export const storyConfig: ConfigSource = {
  defaultsPlace: defaultsPlace(parameterNames()),
  read: async () => ({
    pipelines: Object.entries(CONFIG)
      .sort()
      .map(([name, text]) => ({ name, parameter: `/sluice/pipelines/${name}`, text })),
    defaults: { parameter: '/sluice/defaults', text: DEFAULTS },
  }),
};

/** What the simulated Heroku starts with: pipelines, their apps by stage, all of them on the baseline commit. */
export const FLEET = [
  {
    name: 'router',
    baseline: '8a4f20c6d1b3e597a0c2f4e6b8d0a1c3e5f70912',
    staging: ['router-qa01'],
    production: [
      'router-va01',
      'router-ie01',
      'router-or01',
      'router-va02',
      'router-or02',
      'router-ca01',
      'router-ie02',
      'router-de01',
      'router-jp01',
      'router-au01',
      'router-in01',
    ],
  },
  {
    name: 'api',
    baseline: '51c9e07b3d5f1a2c4e6b8091a3c5d7e9f0b1c2d3',
    staging: ['api-staging'],
    production: ['api-production-us', 'api-production-eu'],
  },
  {
    name: 'web',
    baseline: '0e7d3b915f2a4c6e8b0d1f3a5c7e9b2d4f60718a',
    staging: ['web-staging'],
    production: ['web-production'],
  },
] as const;

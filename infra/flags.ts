// CDK's feature flags, all as the pinned aws-cdk-lib recommends for a new app: here, not in cdk.json, so that the tests
// synthesise what a deploy does.

import recommended from 'aws-cdk-lib/recommended-feature-flags.json' with { type: 'json' };

export const FLAGS: Readonly<Record<string, unknown>> = recommended;

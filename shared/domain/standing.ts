// That a person put an artifact on an app, as a run saw it while all pasts still told. Pure.

import type { ArtifactKey } from './artifact.ts';

export interface Standing {
  /** Heroku's id of the pipeline that it is on record of. */
  readonly pipelineId: string;
  readonly appId: string;
  readonly artifact: ArtifactKey;
  /** True when a wave before had run the code: that one has, tells nothing new later. */
  readonly wasKnown: boolean;
}

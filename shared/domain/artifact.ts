// What runs on an app. Pure.

/**
 * A slug (Cedar) or an OCI image (Fir). Two releases run the same code exactly when their artifacts have the same key;
 * a config change makes a new release of the same artifact, so releases are never compared.
 */
export interface Artifact {
  readonly type: 'slug' | 'oci-image';
  readonly id: string;
}

/** `slug:<uuid>` or `oci-image:<uuid>`: equal keys, equal code. */
export type ArtifactKey = string;

export function artifactKey(artifact: Artifact): ArtifactKey {
  return `${artifact.type}:${artifact.id}`;
}

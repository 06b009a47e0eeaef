// Why something that a person asked for is not done. Pure.

/** Its message is a sentence for whoever asked, with what to do instead. */
export class OperationRefused extends Error {
  override readonly name = 'OperationRefused';
  /**
   * Whether there is no such thing, nothing to do, nothing to do but for what is not the asker's to do unnamed, or it
   * makes no sense with what there is.
   */
  readonly kind: 'not-found' | 'nothing' | 'others' | 'senseless';

  constructor(kind: OperationRefused['kind'], message: string) {
    super(message);
    this.kind = kind;
  }
}

/** What AnotherRun means to a person. */
export const CONTENDED =
  'Others write about this pipeline at the same moment, again and again; part of it may be done. Type it again; how things are: sluice status';

/** What a member must satisfy beyond its type; `min` and `max` bound a number, or the length of anything else. */
export interface Rule {
  readonly min?: number;
  readonly max?: number;
  readonly pattern?: RegExp;
  /** An enum object of the SDK: `oneOf: sdk.KeyAlgorithm`. */
  readonly oneOf?: object;
  /** A number may have a fraction: the schemas do not tell, and hardly any number with a rule may. */
  readonly fraction?: true;
  readonly each?: Rule;
  /** The value never appears in a message: keys, passphrases, certificates. */
  readonly secret?: true;
}

/** By member name, or by `Shape.Member` where that is not enough. */
export type Rules = Readonly<Record<string, Rule>>;

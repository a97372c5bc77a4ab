/** A setting that cannot be used. The message says what would be right; the program ends with it. */
export class ConfigError extends Error {
  override readonly name = "ConfigError";
}

/** What an operator of the CA asked for cannot be done; the message says why. Nothing was changed. */
export class HierarchyError extends Error {
  override readonly name = "HierarchyError";
}

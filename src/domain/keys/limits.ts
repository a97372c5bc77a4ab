/** https://docs.aws.amazon.com/kms/latest/developerguide/limits.html and the constraints of the API's pages. */
export const KEY_LIMITS = {
  aliasesPerKey: 50,
  contextBytes: 8192,
  constraintPairs: 8,
  constraintValueCharacters: 384,
  grantsPerKey: 50_000,
  /** A day, in milliseconds. */
  importTokenValidity: 86_400_000,
  /** In all the life of a key. */
  onDemandRotations: 25,
  policyBytes: 32_768,
  tagsPerKey: 50,
  /** Days between ScheduleKeyDeletion and the end of the key. */
  pendingDays: { least: 7, most: 30, unasked: 30 },
  /** Our own: each took up to seconds to make. */
  wrappingKeysPerKey: 50,
} as const;

/** How many items a page of a list holds: when it is not asked for, and at most. */
export const PAGE_SIZES = {
  aliases: { unasked: 50, most: 100 },
  grants: { unasked: 50, most: 100 },
  keys: { unasked: 100, most: 1000 },
  rotations: { unasked: 100, most: 1000 },
  tags: { unasked: 50, most: 50 },
} as const;

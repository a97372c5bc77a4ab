/** Why nothing is told of a rehearsal. */
export type RehearsalRefusal = "never-rehearsed";

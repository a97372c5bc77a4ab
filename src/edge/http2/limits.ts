/** What a peer may do at most. */

/** The longest header list that is taken, as SETTINGS say: ALB's bound of a request's head. */
export const MOST_HEADER_LIST: number = 65_536;
/** SETTINGS_INITIAL_WINDOW_SIZE of ours: what a peer can make us keep of one body that nobody takes. */
export const FIRST_WINDOW: number = 65_536;
/** How wide the window of a stream is opened whose body is taken at once, and those of all streams together beyond `FIRST_WINDOW`. */
export const WIDEST_WINDOW: number = 1_048_576;
export const MOST_WIDENED: number = 4_194_304;
/** What it may have under way in all streams together. */
export const CONNECTION_WINDOW: number = 1_048_576;
/** What may wait to be read by it. */
export const MOST_PENDING: number = 1_048_576;
/** A list of 64 KB fits into five frames; more are needed only where they are cut small. */
export const MOST_BLOCK_FRAMES = 32;
export const MOST_BLOCK_BYTES: number = 131_072;

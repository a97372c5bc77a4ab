/**
 * Reads an object where S3 would have it, whole: `missing` when there is none, `too-large` when it has more than `most`
 * bytes. For a bucket or key that no object can have it is `missing`, too.
 */
export type ObjectReader = (bucket: string, key: string, most: number) => Promise<Buffer | "missing" | "too-large">;

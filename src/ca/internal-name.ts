/** Names, in the place of an ARN, what one of Sealkeeper's own servers has. */
export function internalName(uuid: string): string {
  return `${PREFIX}${uuid}`;
}

/** Whether a leaf is one of Sealkeeper's own servers': it is nobody's certificate, and no affair of logs of others. */
export function isInternal(certificateArn: string): boolean {
  return certificateArn.startsWith(PREFIX);
}

const PREFIX = "internal:";

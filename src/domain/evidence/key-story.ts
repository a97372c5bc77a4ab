import { parseArn } from "#domain/arn.ts";
import type { LeafRecord } from "./leaf.ts";

/** One line of a key's life. */
export interface KeyEvent {
  readonly at: number;
  readonly what: KeyEventKind;
  /** What the journal calls it. */
  readonly eventName: string;
  readonly principal: string;
  /** The master key, where it was used. */
  readonly key: string | undefined;
  readonly grantId: string | undefined;
  readonly sourceIp: string | undefined;
  readonly requestId: string | undefined;
  /** Why it was refused; undefined where it was done. */
  readonly error: string | undefined;
  readonly detail: Readonly<Record<string, string>>;
}

/** What an event means to a key. */
export type KeyEventKind =
  | "made"
  | "wrapped"
  | "granted"
  | "grant ended"
  | "opened"
  | "used"
  | "rotated"
  | "exported"
  | "certified"
  | "dropped"
  | "destroyed"
  | "changed"
  | "refused";

/** Who could read a key: by which grant, since when, and until when. */
export interface GrantStory {
  readonly grantId: string;
  readonly grantee: string;
  readonly operations: string;
  readonly from: number;
  /** Undefined while it stands. */
  readonly to: number | undefined;
  readonly uses: number;
}

/** One key's whole life, as the journal tells it. */
export interface KeyStory {
  readonly subject: string;
  /** The master keys that its data keys are wrapped under; of a master key, itself. */
  readonly masterKeys: readonly string[];
  readonly grants: readonly GrantStory[];
  readonly events: readonly KeyEvent[];
}

/** Tells a key's life out of the records that are about it, in their order. Calls that only look at it are left out. */
export function keyStory(subject: string, records: readonly LeafRecord[]): KeyStory {
  const events: KeyEvent[] = [];
  const grants = new Map<string, { -readonly [Member in keyof GrantStory]: GrantStory[Member] }>();
  const masterKeys = new Set<string>();
  for (const record of records) {
    const what = kindOf(record);
    if (!what) continue;
    const event = eventOf(record, what);
    events.push(event);
    if (event.key !== undefined && what === "wrapped") masterKeys.add(event.key);
    if (record.grantId === null) continue;
    const grant = grants.get(record.grantId);
    if (what === "granted") {
      const { granteePrincipal: grantee = "", operations = "" } = event.detail;
      if (!grant)
        grants.set(record.grantId, {
          grantId: record.grantId,
          grantee,
          operations,
          from: record.at,
          to: undefined,
          uses: 0,
        });
    } else if (grant && what === "grant ended") {
      grant.to = record.at;
    } else if (grant && (what === "opened" || what === "used")) {
      grant.uses += 1;
    }
  }
  return { subject, masterKeys: [...masterKeys], grants: [...grants.values()], events };
}

/**
 * A call's own record beside what it did inside tells nothing more: the latter has the grant. What another account did with
 * a key stands in the trails of both: that of the key's account is told.
 */
function kindOf(record: LeafRecord): KeyEventKind | undefined {
  const about = parseArn(record.resource ?? "");
  if (about?.service === "kms" && about.account !== record.account) return undefined;
  const inside = record.sourceIp === null;
  if (record.errorCode !== null)
    return /^(Describe|Get|List)/.test(record.eventName) || !inside ? undefined : "refused";
  return inside ? KINDS[record.eventName] : undefined;
}

function eventOf(record: LeafRecord, what: KeyEventKind): KeyEvent {
  const { at, eventName, principal, resource, certificate, grantId, sourceIp, requestId, errorCode, errorMessage } =
    record;
  return {
    at,
    what,
    eventName,
    principal,
    key: certificate === null ? undefined : (resource ?? undefined),
    grantId: grantId ?? undefined,
    sourceIp: sourceIp ?? undefined,
    requestId: requestId === "" ? undefined : requestId,
    error: errorCode === null ? undefined : `${errorCode}: ${errorMessage ?? ""}`,
    detail: parseDetail(record.detail),
  };
}

function parseDetail(detail: string | null): Readonly<Record<string, string>> {
  if (detail === null) return {};
  const value: unknown = JSON.parse(detail);
  if (typeof value !== "object" || value === null) return {};
  return Object.fromEntries(Object.entries(value).map(([name, text]) => [name, String(text)]));
}

const KINDS: Readonly<Record<string, KeyEventKind | undefined>> = {
  CreateKeyPair: "made",
  CreateKey: "made",
  CertificateImported: "made",
  CertificateReimported: "made",
  CreateSealedKey: "made",
  CreateRootKey: "made",
  CreateIssuer: "certified",
  InstallIssuer: "certified",
  CrossSignRoot: "certified",
  ScheduleIssuer: "changed",
  ActivateIssuer: "changed",
  ActivateRoot: "changed",
  RetireIssuer: "changed",
  RetireRoot: "changed",
  RevokeIssuer: "changed",
  DistrustRoot: "changed",
  InstallCrl: "changed",
  TakeRootOffline: "exported",
  WrapRootKey: "wrapped",
  RotateRoot: "changed",
  JoinFleet: "certified",
  RenewEdgeIdentity: "certified",
  GenerateDataKey: "wrapped",
  CreateGrant: "granted",
  RetireGrant: "grant ended",
  RevokeGrant: "grant ended",
  Decrypt: "opened",
  OpenSealedKey: "opened",
  ReEncrypt: "used",
  Encrypt: "used",
  GenerateDataKeyWithoutPlaintext: "used",
  GenerateDataKeyPair: "used",
  GenerateDataKeyPairWithoutPlaintext: "used",
  Sign: "used",
  Verify: "used",
  GenerateMac: "used",
  VerifyMac: "used",
  DeriveSharedSecret: "used",
  Encapsulate: "used",
  Decapsulate: "used",
  RotateKey: "rotated",
  SignCertificate: "certified",
  CertificateIssued: "certified",
  CertificateRenewed: "certified",
  CertificateExported: "exported",
  CertificateRevoked: "changed",
  CertificateExpired: "changed",
  EnableKey: "changed",
  DisableKey: "changed",
  EnableKeyRotation: "changed",
  DisableKeyRotation: "changed",
  ScheduleKeyDeletion: "changed",
  CancelKeyDeletion: "changed",
  PutKeyPolicy: "changed",
  ImportKeyMaterial: "changed",
  DeleteImportedKeyMaterial: "destroyed",
  GetParametersForImport: "changed",
  DestroyWrappingKey: "changed",
  DestroySealedKey: "destroyed",
  DestroyRootKey: "destroyed",
  DropKey: "dropped",
  DestroyKey: "destroyed",
  DeleteKey: "destroyed",
  CertificateDeleted: "destroyed",
};

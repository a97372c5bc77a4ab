import { userNameOf } from "#domain/evidence/user-name.ts";
import { canonicalJson } from "#lib/canonical-json.ts";
import type { Clock } from "#lib/clock.ts";
import type { Millis } from "#lib/duration.ts";
import { insertAuditRecords, type NewAuditRecord } from "#store/audit-records.ts";
import type { Db, Store } from "#store/store.ts";

/** One act to be remembered: an API call, or a use of a key. It never holds a secret. */
export interface Act {
  readonly account: string;
  readonly region: string;
  /** The principal's ARN; empty when the caller was never proved. */
  readonly principal: string;
  readonly accessKeyId?: string;
  /** `acm.amazonaws.com`, `kms.amazonaws.com`, `ca.sealkeeper`. */
  readonly eventSource: string;
  readonly eventName: string;
  readonly resource?: string;
  /** The certificate whose key it was about, where `resource` is another thing. */
  readonly certificate?: string;
  readonly grantId?: string;
  readonly requestId: string;
  /** Where an API call came from, and by what program. */
  readonly sourceIp?: string;
  readonly userAgent?: string;
  readonly error?: { readonly code: string; readonly message: string };
  /** Further facts, by name. */
  readonly detail?: Readonly<Record<string, string>>;
}

/** The append-only audit trail. */
export interface Journal {
  /** Resolves when the record is on the disk. Records of one moment share one commit. Not inside a transaction. */
  record(act: Act): Promise<void>;
  /** Takes the record without waiting; it is on the disk a fifth of a second later. For calls that changed nothing. */
  note(act: Act): void;
  /** Waits until everything taken is on the disk. */
  flush(): Promise<void>;
}

/** Records an act in the transaction that performs it: both happen, or neither. */
export async function recordIn(tx: Db, act: Act, clock: Clock): Promise<void> {
  await insertAuditRecords(tx, [row(act, clock.now())]);
}

/** `onError` is told when noted records could not be written; whoever waits for a record is told by its rejection. */
export function openJournal(
  { store, clock }: { readonly store: Store; readonly clock: Clock },
  onError: (error: unknown) => void,
): Journal {
  let waiting: NewAuditRecord[] = [];
  /** The commit at work, and the one behind it that takes everything which arrives meanwhile. */
  let current: Promise<void> = Promise.resolve();
  let next: Promise<void> | undefined;
  let alarm: NodeJS.Timeout | undefined;

  const commit = async (): Promise<void> => {
    next = undefined;
    clearTimeout(alarm);
    alarm = undefined;
    const records = waiting;
    waiting = [];
    for (let from = 0; from < records.length; from += BATCH) {
      await insertAuditRecords(store, records.slice(from, from + BATCH));
    }
  };
  const flush = (): Promise<void> => {
    next ??= current = current.catch(() => {}).then(commit);
    return next;
  };

  return {
    record(act) {
      waiting.push(row(act, clock.now()));
      return flush();
    },
    note(act) {
      waiting.push(row(act, clock.now()));
      // Reading must not cost a write to the disk each: what is noted goes with the next commit, or soon by itself.
      if (waiting.length >= BATCH) void flush().catch(onError);
      else alarm ??= setTimeout(() => void flush().catch(onError), NOTED_WITHIN).unref();
    },
    flush: () => (waiting.length > 0 ? flush() : current),
  };
}

function row(act: Act, now: Date): NewAuditRecord {
  return {
    at: now.getTime(),
    account: act.account,
    region: act.region,
    principal: act.principal,
    accessKeyId: act.accessKeyId ?? "",
    userName: userNameOf(act.principal),
    eventSource: act.eventSource,
    eventName: act.eventName,
    resource: act.resource ?? null,
    certificate: act.certificate ?? null,
    grantId: act.grantId ?? null,
    requestId: act.requestId,
    sourceIp: act.sourceIp ?? null,
    userAgent: act.userAgent ?? null,
    errorCode: act.error?.code ?? null,
    errorMessage: act.error?.message ?? null,
    detail: act.detail ? canonicalJson(act.detail) : null,
  };
}

const BATCH = 500;
const NOTED_WITHIN: Millis = 200;

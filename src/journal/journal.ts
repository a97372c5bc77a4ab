import type { Clock } from "#lib/clock.ts";
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
  readonly grantId?: string;
  readonly requestId: string;
  readonly error?: { readonly code: string; readonly message: string };
}

/** The append-only audit trail. */
export interface Journal {
  /** Resolves when the record is on the disk. Records of one moment share one commit. Not inside a transaction. */
  record(act: Act): Promise<void>;
  /** Takes the record without waiting; it is on the disk a moment later. For calls that changed nothing. */
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

  const commit = async (): Promise<void> => {
    next = undefined;
    const records = waiting;
    waiting = [];
    for (let from = 0; from < records.length; from += BATCH) {
      // oxlint-disable-next-line no-await-in-loop -- records keep their order
      await insertAuditRecords(store, records.slice(from, from + BATCH));
    }
  };
  const take = (act: Act): Promise<void> => {
    waiting.push(row(act, clock.now()));
    next ??= current = current.catch(() => {}).then(commit);
    return next;
  };

  return {
    record: take,
    note: (act) => void take(act).catch(onError),
    flush: () => next ?? current,
  };
}

function row(act: Act, now: Date): NewAuditRecord {
  return {
    at: now.getTime(),
    account: act.account,
    region: act.region,
    principal: act.principal,
    accessKeyId: act.accessKeyId ?? "",
    eventSource: act.eventSource,
    eventName: act.eventName,
    resource: act.resource ?? null,
    grantId: act.grantId ?? null,
    requestId: act.requestId,
    errorCode: act.error?.code ?? null,
    errorMessage: act.error?.message ?? null,
  };
}

const BATCH = 500;

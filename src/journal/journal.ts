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

/** `onError` is told when records could not be written; whoever waits for one of them is told too. */
export function openJournal(
  { store, clock }: { readonly store: Store; readonly clock: Clock },
  onError: (error: unknown) => void,
): Journal {
  let waiting: NewAuditRecord[] = [];
  let committed: Promise<void> | undefined;

  const commit = async (): Promise<void> => {
    await Promise.resolve(); // lets everything that is recorded in this turn join
    while (waiting.length > 0) {
      const records = waiting.slice(0, BATCH);
      waiting = waiting.slice(BATCH);
      // oxlint-disable-next-line no-await-in-loop -- records keep their order
      await insertAuditRecords(store, records);
    }
  };
  const take = (act: Act): Promise<void> => {
    waiting.push(row(act, clock.now()));
    // A record that arrives while a commit is at work waits for the next one, with all its neighbours.
    const before = committed ?? Promise.resolve();
    next ??= before
      .catch(() => {})
      .then(() => {
        next = undefined;
        committed = commit();
        return committed;
      });
    return next;
  };
  let next: Promise<void> | undefined;

  return {
    record: (act) => take(act),
    note: (act) => void take(act).catch(onError),
    async flush() {
      while (next ?? waiting.length > 0) {
        // oxlint-disable-next-line no-await-in-loop -- until nothing is left
        await (next ?? committed);
      }
      await committed;
    },
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

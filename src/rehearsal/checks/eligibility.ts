import type { CertificateStatus } from "#domain/certificate/status.ts";
import type { Check } from "#rehearsal/check.ts";
import { failed, passed, warning } from "#rehearsal/check.ts";
import { isUsed, type Subject } from "#rehearsal/subject.ts";

/** Whether it is renewed here at all, and if not, whose task it is and until when. */
export const eligibility: Check<object> = {
  name: "ELIGIBILITY",
  look(subject) {
    const { keyPairOrigin, status } = subject.certificate;
    const used = isUsed(subject);
    if (status === "PENDING_VALIDATION") {
      return warning("It is not issued yet, so there is nothing to renew: sealkeeper explain tells what it waits for.");
    }
    if (status !== "ISSUED" || isOver(subject)) {
      const over = `It is ${status === "ISSUED" ? "at its end" : ENDED[status]} and cannot be renewed any more.`;
      return used ? failed(`${over} ${replace(subject)}`) : warning(over);
    }
    switch (keyPairOrigin) {
      case "CUSTOMER_PROVIDED":
        return warning(
          `It was imported, so nobody here renews it. Import its successor under the same ARN before ${end(subject)}.`,
        );
      case "ACME":
        return warning(
          `An ACME client has its key and renews it before ${end(subject)}: account ${subject.certificate.acmeAccountId ?? "unknown"}.`,
        );
      case "AWS_MANAGED":
        return used
          ? passed(`It is renewed by itself: ${how(subject)}.`)
          : warning(
              `Nobody uses it, and it was not exported since its last issue, so it is not renewed. Attach it before ${end(subject)}, or delete it.`,
            );
    }
  },
};

/** Whether this installation renews it: only then is the rest looked at. */
export function isRenewedHere(subject: Subject): boolean {
  const { keyPairOrigin, status } = subject.certificate;
  return keyPairOrigin === "AWS_MANAGED" && status === "ISSUED" && isUsed(subject) && !isOver(subject);
}

function isOver({ certificate: { notAfter }, now }: Subject): boolean {
  return notAfter !== null && notAfter < now.getTime();
}

function end({ certificate: { notAfter } }: Subject): string {
  return notAfter === null ? "its end" : new Date(notAfter).toISOString();
}

function how({ certificate: { inUseBy, exportedAt } }: Subject): string {
  const users = inUseBy.length === 0 ? undefined : `it is used by ${inUseBy.slice(0, 3).join(", ")}`;
  const exported = exportedAt === null ? undefined : "it was exported since its last issue";
  return [users, exported].filter((part) => part !== undefined).join(", and ");
}

function replace({ certificate: { inUseBy, keyPairOrigin } }: Subject): string {
  const users = inUseBy.length === 0 ? "whoever has it" : inUseBy.slice(0, 3).join(", ");
  return keyPairOrigin === "CUSTOMER_PROVIDED"
    ? `Import its successor under the same ARN: ${users} still serves it.`
    : `Request another one and attach it in its place: ${users} still serves it.`;
}

const ENDED: Readonly<Record<Exclude<CertificateStatus, "ISSUED" | "PENDING_VALIDATION">, string>> = {
  EXPIRED: "expired",
  REVOKED: "revoked",
  INACTIVE: "inactive",
  FAILED: "failed",
  VALIDATION_TIMED_OUT: "timed out before it was issued",
};

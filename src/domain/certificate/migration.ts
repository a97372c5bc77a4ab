/**
 * How far the change from e-mail to DNS validation has come, in UpdateSummary's words.
 * https://docs.aws.amazon.com/acm/latest/userguide/email-validation.html
 */
export type MigrationStatus = "PENDING_DOMAIN_VALIDATION" | "SUCCESS" | "FAILED";

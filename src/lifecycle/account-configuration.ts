import type { Owner } from "#domain/names.ts";
import { Refusal } from "#domain/refusal.ts";
import type { Clock } from "#lib/clock.ts";
import { HOUR } from "#lib/duration.ts";
import {
  findAccountConfiguration,
  findConfigurationToken,
  forgetConfigurationTokens,
  insertConfigurationToken,
  putAccountConfiguration,
} from "#store/account-configurations.ts";
import type { Db, Store } from "#store/store.ts";

/** What an account has set in a region. */
export interface AccountConfiguration {
  /** How many days before a certificate's end its approach is told. */
  readonly daysBeforeExpiry: number;
}

/** What the owner has set, or ACM's default. https://docs.aws.amazon.com/acm/latest/APIReference/API_ExpiryEventsConfiguration.html */
export async function accountConfiguration(db: Db, owner: Owner): Promise<AccountConfiguration> {
  return (await findAccountConfiguration(db, owner)) ?? { daysBeforeExpiry: 45 };
}

export interface ConfigureDeps {
  readonly store: Store;
  readonly clock: Clock;
}

/**
 * Sets the configuration. A token within its hour is ignored when it comes again with the same values; throws
 * `configuration-token-used` when it comes with others.
 */
export async function configureAccount(
  configuration: AccountConfiguration,
  token: string,
  owner: Owner,
  { store, clock }: ConfigureDeps,
): Promise<void> {
  const text = JSON.stringify({ daysBeforeExpiry: configuration.daysBeforeExpiry });
  await store.transaction().execute(async (tx) => {
    const now = clock.now().getTime();
    await forgetConfigurationTokens(tx, owner, now - TOKEN_LIFETIME);
    if (await insertConfigurationToken(tx, owner, { token, configuration: text, createdAt: now })) {
      await putAccountConfiguration(tx, owner, configuration);
    } else if ((await findConfigurationToken(tx, owner, token)) !== text) {
      throw new Refusal(
        "configuration-token-used",
        "The IdempotencyToken was used within the last hour for another configuration: give a new one.",
      );
    }
  });
}

const TOKEN_LIFETIME = HOUR;

import { isRequestable } from "#domain/certificate/key-algorithms.ts";
import { type Check, failed, passed } from "#rehearsal/check.ts";

/** Whether a key like its present one is still made. */
export const keyAlgorithm: Check<object> = {
  name: "KEY_ALGORITHM",
  look: ({ certificate }) =>
    isRequestable(certificate.keyAlgorithm)
      ? passed(`Keys of ${certificate.keyAlgorithm} are made here.`)
      : failed(`No key of ${certificate.keyAlgorithm} is made here: request another certificate.`),
};

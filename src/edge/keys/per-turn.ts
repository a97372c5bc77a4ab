/** Lets at most `most` go on in each turn of the event loop; the others wait for the next ones, in their order. */
export function perTurn(most: number): () => Promise<void> {
  let left = most;
  let renewing = false;
  const waiting: (() => void)[] = [];
  const renew = (): void => {
    left = most;
    while (left > 0) {
      const next = waiting.shift();
      if (!next) break;
      left--;
      next();
    }
    renewing = left < most;
    if (renewing) setImmediate(renew);
  };
  return () => {
    if (!renewing) {
      renewing = true;
      setImmediate(renew);
    }
    if (left > 0) {
      left--;
      return Promise.resolve();
    }
    return new Promise((resolve) => waiting.push(resolve));
  };
}

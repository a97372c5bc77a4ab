/** An edge with an address of its own for a load balancer. */
export interface AnswerPlace {
  readonly address: string;
  /** It was heard of just now. */
  readonly isConnected: boolean;
  readonly bound: number;
  readonly unbound: number;
  readonly healthy: number;
  readonly unhealthy: number;
}

/**
 * What the DNS answers for a load balancer: the addresses of edges that listen, those first that see healthy targets.
 * Where none of them does, it answers all: whoever asks may have better luck than we. `own` is the load balancer's address
 * on the machines of control planes; one that no other machine reaches is left out where edges have better ones.
 */
export function addressesToAnswer(own: string, places: readonly AnswerPlace[]): readonly string[] {
  if (places.length === 0) return [own];
  const listening = places.filter(isListening);
  const known = listening.length > 0 ? listening : places;
  const sorted = known.toSorted((one, other) => Number(hasTargets(other)) - Number(hasTargets(one)));
  return [...new Set([...sorted.map(({ address }) => address), ...(own.startsWith("127.") ? [] : [own])])];
}

/** A load balancer without listeners has nothing to be bound. */
function isListening({ isConnected, bound, unbound }: AnswerPlace): boolean {
  return isConnected && (bound > 0 || unbound === 0);
}

function hasTargets({ healthy, unhealthy }: AnswerPlace): boolean {
  return healthy > 0 || unhealthy === 0;
}

/** Asks again and again until there is an answer; throws when there is none within `seconds`. */
export async function until<T>(what: string, ask: () => Promise<T | undefined>, seconds = 15): Promise<T> {
  const end = performance.now() + seconds * 1_000;
  for (;;) {
    const answer = await ask();
    if (answer !== undefined) return answer;
    if (performance.now() > end) throw new Error(`waited ${seconds} s in vain: ${what}`);
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
}

export type Random = (limit: number) => number;

/** Numbers below a limit, the same ones for the same seed: https://en.wikipedia.org/wiki/Xorshift */
export function startRandom(seed: number): Random {
  let state = (seed * 2_654_435_761 + 1) >>> 0 || 1;
  return (limit) => {
    state ^= state << 13;
    state ^= state >>> 17;
    state ^= state << 5;
    state >>>= 0;
    return state % limit;
  };
}

export const pick = <T>(list: readonly T[], random: Random): T => list[random(list.length)]!;

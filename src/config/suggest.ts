/**
 * Finds what a mistyped word was meant to be.
 *
 * @module
 */

import { closestMatch } from "leven";

/**
 * The candidate nearest to `word`, as the end of a message: `; did you mean
 * "protocol"?`. Empty when none is near.
 */
export function suggest(word: string, candidates: readonly string[]): string {
  // A third of the letters may be wrong, one in a short word.
  const maxDistance = Math.max(1, Math.floor(word.length / 3));
  const lowerCase = candidates.map((candidate) => candidate.toLowerCase());
  const best = closestMatch(word.toLowerCase(), lowerCase, { maxDistance });
  return best === undefined
    ? ""
    : `; did you mean "${candidates[lowerCase.indexOf(best)]}"?`;
}

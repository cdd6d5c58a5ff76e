const FIRST = 1_000
const LONGEST = 30_000

/**
 * How long to wait before try number `attempt` (from 0): doubling from 1 s to 30 s, half of it by chance,
 * so that a restarted server is not met by everybody at once.
 * @param {number} attempt
 * @param {() => number} [chance]
 */
export function backoff(attempt, chance = Math.random) {
  const most = Math.min(LONGEST, FIRST * 2 ** attempt)
  return Math.max(FIRST, most / 2 + (chance() * most) / 2)
}

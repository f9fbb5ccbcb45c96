/**
 * What happens to a target between scans.
 *
 * @module
 */

/** What has been seen of one target since the start. */
export interface TargetRecord {
  /** When the target was looked at first, seconds since 1970. */
  readonly sinceSeconds: number;
  /** How often all sockets were replaced by others. */
  readonly rebinds: number;
  /** Seconds during which the target was observed. */
  readonly observedSeconds: number;
  /** Seconds of them during which it was down. */
  readonly downSeconds: number;
  /** Last change between up and down, seconds since 1970; absent before one. */
  readonly lastChangeSeconds?: number;
  /** UDP: datagrams dropped; absent when unknown. */
  readonly drops?: number;
  /** When `drops` was last seen to rise, seconds since 1970; absent before. */
  readonly lastDropSeconds?: number;
}

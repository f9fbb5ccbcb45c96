/**
 * Keeps the number of connections bounded, so that clients which ask for
 * nothing, or do not read what they asked for, cannot keep others out.
 *
 * A new connection is always let in: when there are too many, the one that has
 * been idle longest makes room. Who waits for an answer is left alone.
 *
 * @module
 */

/** Most connections at a time; the unit allows twice as many descriptors. */
export const MAX_CONNECTIONS = 1024;

/** Longest wait for the first request of a connection. */
export const FIRST_REQUEST_SECONDS = 30;

/** Longest time between two requests; Prometheus asks every minute or so. */
export const IDLE_SECONDS = 600;

/** Longest time for reading an answer. */
export const SENDING_SECONDS = 60;

/**
 * Most bytes of answers that wait for their readers: an answer that is not read
 * keeps its text in memory, and that of 1,000 targets has a megabyte.
 */
export const MAX_SENDING_BYTES = 32 * 1024 * 1024;

/**
 * What is younger is left alone even when there is no room: a request may be on
 * its way in, or its answer on its way out.
 */
const FRESH_SECONDS = 1;

/** Wait before the next look for room. */
const ROOM_MILLISECONDS = 10;

/** What of a connection the book needs. */
export interface Closable {
  /** Closes it now. */
  abort(): void;
}

/** What a connection tells of one of its requests. */
export interface RequestEntry {
  /** An answer of so many bytes is ready to be sent. */
  answer(bytes: number): void;
  /** The answer has been sent, or cannot be. */
  end(): void;
}

/** What a connection tells of itself. */
export interface ConnectionEntry {
  /** A request has begun. */
  begin(): RequestEntry;
  /** The connection is closed. */
  remove(): void;
}

/** The open connections. */
export interface ConnectionBook {
  /** Takes a connection. */
  add(connection: Closable): ConnectionEntry;
  /** How many are open. */
  readonly size: number;
  /**
   * Resolves when there are fewer connections than `limit`, having closed the
   * one that was idle longest.
   */
  makeRoom(limit: number): Promise<void>;
  /** Closes what has been idle too long. */
  sweep(): void;
  /** Closes what is neither waiting for an answer nor reading one. */
  closeIdle(): void;
}

interface Entry {
  readonly connection: Closable;
  /** Requests that wait for their answer. */
  waiting: number;
  /** Bytes of each answer that is being sent. */
  readonly sending: Set<{ readonly bytes: number }>;
  hasAsked: boolean;
  /** When anything happened last, in seconds. */
  since: number;
}

/** What the book needs. */
export interface ConnectionBookOptions {
  /** A monotonic clock in seconds. */
  readonly now: () => number;
  /** Waits. */
  readonly wait: (milliseconds: number) => Promise<void>;
}

/** Creates an empty book. */
export function createConnectionBook(
  { now, wait }: ConnectionBookOptions,
): ConnectionBook {
  const entries = new Set<Entry>();
  let sendingBytes = 0;

  function close(entry: Entry): void {
    forget(entry);
    entry.connection.abort();
  }

  function forget(entry: Entry): void {
    entries.delete(entry);
    for (const { bytes } of entry.sending) sendingBytes -= bytes;
    entry.sending.clear();
  }

  /** Closes the one for which nothing happened longest, of those that fit. */
  function closeOldest(fits: (entry: Entry) => boolean): boolean {
    let oldest: Entry | undefined;
    for (const entry of entries) {
      if (entry.waiting > 0 || !fits(entry)) continue;
      if (entry.since < (oldest?.since ?? Infinity)) oldest = entry;
    }
    if (oldest !== undefined) close(oldest);
    return oldest !== undefined;
  }

  const isStale = ({ since }: Entry) => now() - since >= FRESH_SECONDS;

  function patienceOf({ waiting, sending, hasAsked }: Entry): number {
    if (waiting > 0) return Infinity;
    if (sending.size > 0) return SENDING_SECONDS;
    return hasAsked ? IDLE_SECONDS : FIRST_REQUEST_SECONDS;
  }

  function begin(entry: Entry): RequestEntry {
    entry.waiting++;
    entry.hasAsked = true;
    entry.since = now();
    let state: "waiting" | "sending" | "ended" = "waiting";
    let answer = { bytes: 0 };
    return {
      answer(bytes) {
        if (state !== "waiting") return;
        state = "sending";
        entry.waiting--;
        entry.since = now();
        if (!entries.has(entry)) return;
        while (
          sendingBytes + bytes > MAX_SENDING_BYTES &&
          closeOldest((entry) => entry.sending.size > 0 && isStale(entry))
        );
        answer = { bytes };
        entry.sending.add(answer);
        sendingBytes += bytes;
      },
      end() {
        if (state === "waiting") entry.waiting--;
        state = "ended";
        entry.since = now();
        if (entry.sending.delete(answer)) sendingBytes -= answer.bytes;
      },
    };
  }

  return {
    get size() {
      return entries.size;
    },
    add(connection) {
      const entry: Entry = {
        connection,
        waiting: 0,
        sending: new Set(),
        hasAsked: false,
        since: now(),
      };
      entries.add(entry);
      return { begin: () => begin(entry), remove: () => forget(entry) };
    },
    async makeRoom(limit) {
      while (entries.size >= limit) {
        const hasRoom = closeOldest((entry) =>
          entry.hasAsked && entry.sending.size === 0 || isStale(entry)
        );
        if (!hasRoom) await wait(ROOM_MILLISECONDS);
      }
    },
    closeIdle() {
      for (const entry of entries) {
        if (entry.waiting === 0 && entry.sending.size === 0) close(entry);
      }
    },
    sweep() {
      for (const entry of entries) {
        if (now() - entry.since > patienceOf(entry)) close(entry);
      }
    },
  };
}

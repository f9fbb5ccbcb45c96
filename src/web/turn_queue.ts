/**
 * Runs jobs one at a time; clients take turns, so that one with many jobs
 * waits for its own and delays each other client by one job only.
 *
 * @module
 */

/** Runs the jobs of clients in turns. */
export interface TurnQueue {
  /**
   * Runs a job when it is the client's turn.
   *
   * @returns What the job gives; `undefined` when too many wait already
   */
  run<Value>(
    client: string,
    job: () => Promise<Value>,
  ): Promise<Value> | undefined;
}

/** How many jobs may wait, the running one not counted. */
export interface TurnQueueOptions {
  /** Of one client, 1 or more. */
  readonly maxWaitingOfClient: number;
  /** Of all clients, 1 or more. */
  readonly maxWaiting: number;
}

/** Creates a queue. */
export function createTurnQueue(
  { maxWaitingOfClient, maxWaiting }: TurnQueueOptions,
): TurnQueue {
  // The first client is the next; a client without jobs is not in the map.
  const jobsByClient = new Map<string, readonly (() => Promise<void>)[]>();
  let waiting = 0;
  let isRunning = false;

  function takeNext(): (() => Promise<void>) | undefined {
    for (const [client, [next, ...others]] of jobsByClient) {
      waiting--;
      jobsByClient.delete(client);
      if (others.length > 0) jobsByClient.set(client, others);
      return next;
    }
    return undefined;
  }

  async function runAll(): Promise<void> {
    isRunning = true;
    for (let job = takeNext(); job !== undefined; job = takeNext()) await job();
    isRunning = false;
  }

  return {
    run(client, job) {
      const jobs = jobsByClient.get(client) ?? [];
      if (jobs.length >= maxWaitingOfClient || waiting >= maxWaiting) {
        return undefined;
      }
      return new Promise((resolve, reject) => {
        jobsByClient.set(client, [...jobs, () => job().then(resolve, reject)]);
        waiting++;
        if (!isRunning) runAll();
      });
    },
  };
}

/**
 * Runs one job at a time; of the jobs waiting under one name only the newest is kept, the others resolve to undefined.
 * So a reader who changes faster than the database answers never waits for answers to old questions. Jobs of an
 * earlier name go first.
 */
export class LatestQueue<Name extends string> {
  private readonly waiting = new Map<
    Name,
    {job: () => Promise<unknown>; resolve(value: unknown): void; reject(error: unknown): void}
  >();
  private isRunning = false;

  constructor(private readonly order: readonly Name[]) {}

  run<T>(name: Name, job: () => Promise<T>): Promise<T | undefined> {
    this.waiting.get(name)?.resolve(undefined);
    return new Promise<T | undefined>((resolve, reject) => {
      this.waiting.set(name, {job, resolve: resolve as (value: unknown) => void, reject});
      void this.drain();
    });
  }

  private async drain(): Promise<void> {
    if (this.isRunning) return;
    this.isRunning = true;
    for (let name = this.next(); name !== undefined; name = this.next()) {
      const {job, resolve, reject} = this.waiting.get(name)!;
      this.waiting.delete(name);
      await job().then(resolve, reject);
    }
    this.isRunning = false;
  }

  private next(): Name | undefined {
    return this.order.find((name) => this.waiting.has(name));
  }
}

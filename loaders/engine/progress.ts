/** Where long work says how far it is; the command shows it on stderr. */
export interface Progress {
  /** A step begins or moves on: `done` of `total`, where known. */
  step(name: string, done?: number, total?: number): void;
  /** A line that stays. */
  note(message: string): void;
  /** A line that stays, about something the user should look at. */
  warn(message: string): void;
}

/** Says nothing. */
export const silent: Progress = {step() {}, note() {}, warn() {}};

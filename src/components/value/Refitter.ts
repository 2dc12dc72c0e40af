import type {Answer, Question} from "./fitWorker.js";
import {Refitting, type Refit, type RefitChoice, type RefitData} from "./refit.js";

interface Waiting {
  choice: RefitChoice;
  resolve(refit: Refit | undefined): void;
  reject(error: Error): void;
}

/** Refits in a worker, one choice at a time; in the page itself where no worker can be had. */
export class Refitter {
  readonly #data: RefitData;
  #worker: Worker | undefined;
  #here: Refitting | undefined;
  #running: Waiting | undefined;
  #next: Waiting | undefined;

  constructor(data: RefitData) {
    this.#data = data;
    try {
      this.#worker = new Worker(import.meta.resolve("./fitWorker.js"), {type: "module"});
    } catch {
      return;
    }
    this.#worker.addEventListener("message", ({data: answer}: MessageEvent<Answer>) => this.#settle(answer));
    this.#worker.addEventListener("error", () => {
      this.#worker?.terminate();
      this.#worker = undefined;
      if (this.#running) this.#ask(this.#running);
    });
    this.#send({data});
  }

  /** Fits and forecasts; undefined where a later choice has overtaken this one before it began. */
  run(choice: RefitChoice): Promise<Refit | undefined> {
    return new Promise((resolve, reject) => {
      const waiting = {choice, resolve, reject};
      if (this.#running) {
        this.#next?.resolve(undefined);
        this.#next = waiting;
      } else {
        this.#ask(waiting);
      }
    });
  }

  #ask(waiting: Waiting) {
    this.#running = waiting;
    if (this.#worker) return this.#send({choice: waiting.choice});
    setTimeout(() => {
      try {
        this.#here ??= new Refitting(this.#data);
        this.#settle({refit: this.#here.run(waiting.choice)});
      } catch (error) {
        this.#settle({error: (error as Error).message});
      }
    });
  }

  #send(question: Question) {
    this.#worker!.postMessage(question, []);
  }

  #settle(answer: Answer) {
    const done = this.#running;
    this.#running = undefined;
    if ("refit" in answer) done?.resolve(answer.refit);
    else done?.reject(new Error(answer.error));
    const next = this.#next;
    this.#next = undefined;
    if (next) this.#ask(next);
  }
}

import {Refitting, type Refit, type RefitChoice, type RefitData} from "./refit.js";

export type Question = {data: RefitData} | {choice: RefitChoice};
export type Answer = {refit: Refit} | {error: string};

/** The worker's end: takes the data once, then answers choices. */
const port = globalThis as unknown as {
  onmessage: ((event: {data: Question}) => void) | null;
  postMessage(answer: Answer): void;
};

let refitting: Refitting | undefined;

port.onmessage = ({data: question}) => {
  if ("data" in question) {
    refitting = new Refitting(question.data);
    return;
  }
  try {
    port.postMessage({refit: refitting!.run(question.choice)});
  } catch (error) {
    port.postMessage({error: (error as Error).message});
  }
};
